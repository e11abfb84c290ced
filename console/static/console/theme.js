// The colour scheme that the operator chose, before the first paint; else the system's.
"use strict";
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => localStorage.getItem("theme");
  const dark = () => (chosen() ? chosen() === "dark" : system.matches);
  const paint = () => root.classList.toggle("dark", dark());
  paint();
  system.addEventListener("change", paint);
  addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme"); // its words follow the class
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      localStorage.setItem("theme", dark() ? "light" : "dark");
      paint();
    });
  });
})();
