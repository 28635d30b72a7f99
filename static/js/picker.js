// The boxes that look up by typing take their name from the label of the control they stand for.
(function () {
  "use strict";
  var jquery = window.django && window.django.jQuery;
  if (!jquery) return;
  function name(select) {
    var box = select.nextElementSibling;
    var label = select.labels && select.labels[0];
    if (!label || !box || !box.classList.contains("select2-container")) return;
    label.id = label.id || select.id + "_label";
    var shown = box.querySelector(".select2-selection--single .select2-selection__rendered");
    if (shown) {
      shown.removeAttribute("role");
      shown.removeAttribute("aria-readonly");
      box.querySelector(".select2-selection").setAttribute("aria-labelledby", label.id + " " + shown.id);
    }
    box.querySelectorAll(".select2-search__field").forEach(function (field) {
      field.setAttribute("aria-labelledby", label.id);
    });
  }
  jquery(function () {
    document.querySelectorAll("select.admin-autocomplete").forEach(name);
  });
  jquery(document).on("select2:open select2:select select2:unselect", "select.admin-autocomplete", function (event) {
    window.setTimeout(function () {
      name(event.target);
      var field = document.querySelector(".select2-dropdown .select2-search__field");
      var label = event.target.labels && event.target.labels[0];
      if (field && label) field.setAttribute("aria-labelledby", label.id);
    }, 0);
  });
})();
