// A secret that was shown is gone when the page is left, also for who comes back to it.
"use strict";
addEventListener("pagehide", () => {
  for (const each of document.querySelectorAll(".secret")) each.textContent = "Hidden again.";
});
// Copying needs a page that came by TLS, or from this machine; else there is no button for it.
addEventListener("DOMContentLoaded", () => {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll(".copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const secret = document.getElementById(button.dataset.of).textContent;
      await navigator.clipboard.writeText(secret);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy"), 2000);
    });
  }
});
