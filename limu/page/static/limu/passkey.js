// A passkey that could not be used says so on the page; the console alone would leave a person guessing.
document.addEventListener("allauth.error", (event) => {
  const told = document.getElementById("passkey-fault");
  if (!told) return;
  event.preventDefault();
  told.hidden = false;
});
