// "/" puts the cursor into the search box marked data-key="/", unless somebody is typing.
(function () {
  "use strict";
  var typing = /^(INPUT|TEXTAREA|SELECT)$/;
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    var target = event.target;
    if (typing.test(target.tagName) || target.isContentEditable) return;
    if (event.key !== "/") return;
    var box = document.querySelector('[data-key="/"]');
    if (!box) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
})();
