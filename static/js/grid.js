// In a grid of small forms, Enter goes to the same column of the next row (Shift+Enter: the row before), and so do the
// arrow keys in text fields. Choices keep their own arrow keys. Without scripts the Tab key does.
(function () {
  "use strict";
  document.querySelectorAll("[data-grid-table]").forEach(function (table) {
    table.addEventListener("keydown", function (event) {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      var from = event.target;
      var name = from.getAttribute("data-grid");
      if (!name) return;
      var step = 0;
      if (event.key === "Enter" && from.tagName !== "TEXTAREA") step = event.shiftKey ? -1 : 1;
      if (from.tagName === "INPUT" && from.type !== "date" && !event.shiftKey) {
        if (event.key === "ArrowDown") step = 1;
        if (event.key === "ArrowUp") step = -1;
      }
      if (!step) return;
      event.preventDefault();
      var column = Array.prototype.slice.call(table.querySelectorAll('[data-grid="' + name + '"]'));
      var to = column[column.indexOf(from) + step];
      if (to) to.focus();
    });
  });
})();
