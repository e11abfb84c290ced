// A form's pairs of fields can become more than those that the page came with.
"use strict";
addEventListener("DOMContentLoaded", () => {
  for (const rows of document.querySelectorAll("[data-rows]")) {
    const button = rows.nextElementSibling;
    button.hidden = false;
    button.addEventListener("click", () => {
      const row = rows.lastElementChild.cloneNode(true);
      const number = rows.children.length; // the first of them is the heading
      for (const input of row.querySelectorAll("input")) {
        input.value = "";
        input.removeAttribute("id");
        input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+$/, number));
      }
      rows.append(row);
      row.querySelector("input").focus();
    });
  }
});
