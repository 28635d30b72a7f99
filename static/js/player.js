// Large buttons beside the browser's own player. Without this script its own controls are all there is.
(function () {
  "use strict";
  var player = document.querySelector("[data-player]");
  var box = document.querySelector("[data-player-buttons]");
  if (!player || !box) return;
  var play = box.querySelector("[data-player-play]");
  var captions = box.querySelector("[data-player-captions]");

  function said(button, on) {
    button.setAttribute("aria-pressed", on ? "true" : "false");
  }
  function rates() {
    box.querySelectorAll("[data-player-rate]").forEach(function (button) {
      said(button, Number(button.getAttribute("data-player-rate")) === player.playbackRate);
    });
  }
  function state() {
    play.textContent = player.paused ? "播放" : "停一下";
  }

  play.addEventListener("click", function () {
    if (player.paused) player.play();
    else player.pause();
  });
  player.addEventListener("play", state);
  player.addEventListener("pause", state);
  player.addEventListener("ratechange", rates);
  box.querySelectorAll("[data-player-step]").forEach(function (button) {
    button.addEventListener("click", function () {
      player.currentTime = Math.max(0, player.currentTime + Number(button.getAttribute("data-player-step")));
    });
  });
  box.querySelectorAll("[data-player-rate]").forEach(function (button) {
    button.addEventListener("click", function () {
      player.playbackRate = Number(button.getAttribute("data-player-rate"));
    });
  });
  if (captions) {
    captions.addEventListener("click", function () {
      var track = player.textTracks[0];
      if (!track) return;
      track.mode = track.mode === "showing" ? "hidden" : "showing";
      captions.textContent = track.mode === "showing" ? "关字幕" : "开字幕";
    });
  }
  box.hidden = false;
  state();
  rates();
})();
