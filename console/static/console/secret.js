// A secret that was shown is gone when the page is left, also for who comes back to it.
"use strict";
addEventListener("pagehide", () => {
  for (const each of document.querySelectorAll(".secret")) each.textContent = "Hidden again.";
});
