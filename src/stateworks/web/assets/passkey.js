// Shows the passkey's button where the browser knows passkeys, and says on the page when one was not used.
(function () {
  if (window.PublicKeyCredential) {
    document.querySelectorAll('#passkey-form').forEach(function (form) { form.hidden = false })
  } else {
    document.querySelectorAll('#passkey-none').forEach(function (words) { words.hidden = false })
  }
  document.addEventListener('allauth.error', function (event) {
    event.preventDefault()
    const words = document.getElementById('passkey-problem')
    if (words) words.hidden = false
  })
})()
