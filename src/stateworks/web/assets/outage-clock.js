// Keeps the minutes of a running outage current; without it the page shows them as of when it was loaded.
(() => {
  const clocks = [...document.querySelectorAll("[data-running-since]")];
  const tick = () => {
    for (const clock of clocks) {
      const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(clock.dataset.runningSince)) / 1000));
      const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60);
      clock.textContent = seconds < 600 ? `${minutes} min ${seconds % 60} s`
        : minutes < 120 ? `${minutes} min`
          : hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days ${hours % 24} h`;
    }
  };
  if (clocks.length) { tick(); setInterval(tick, 1000); }
})();
