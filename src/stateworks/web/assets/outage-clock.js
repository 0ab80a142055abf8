// Keeps the minutes of a running outage current; without it the page shows them as of when it was loaded.
(() => {
  const clocks = [...document.querySelectorAll("[data-running-since]")];
  const tick = () => {
    for (const clock of clocks) {
      const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(clock.dataset.runningSince)) / 1000));
      clock.textContent = seconds < 600 ? `${Math.floor(seconds / 60)} min ${seconds % 60} s` : `${Math.floor(seconds / 60)} min`;
    }
  };
  if (clocks.length) { tick(); setInterval(tick, 1000); }
})();
