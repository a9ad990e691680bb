// A page is whole without this. With it, the page is laid over itself whenever it was made again at a later
// position in the ledger: what is the same stays as it is, with its focus, its scroll and what is folded open.
(() => {
  "use strict";
  const body = document.body;
  const stream = body.dataset.live;
  if (!stream || !window.EventSource || !window.Idiomorph) return;

  const silence = 40_000; // ms without a word, after which a connection is taken for dead
  const shownFor = 4_000; // ms for which a change is marked
  const pulse = document.getElementById("pulse");
  const word = document.getElementById("pulse-word");
  const heard = document.getElementById("heard");
  const hold = document.getElementById("hold");
  const live = document.getElementById("live");
  let position = body.dataset.position;
  let source = null;
  let watchdog = 0;
  let retry = 0;
  let wait = 1000;
  let held = false;
  let kept = null; // what came while the page was held still

  const say = (state, text) => {
    pulse.hidden = false;
    pulse.dataset.state = state;
    if (word.textContent !== text) word.textContent = text;
  };

  // lay puts the page as it is now over the one that is shown.
  const lay = (html) => {
    const was = new Map();
    for (const e of live.querySelectorAll("[data-position]")) was.set(e.id, e.dataset.position);
    Idiomorph.morph(live, html, {
      morphStyle: "innerHTML",
      ignoreActiveValue: true,
      callbacks: {
        // What the reader folded open stays open, and a mark stays until its time is over.
        beforeAttributeUpdated: (name, node) => !(name === "open" && node.tagName === "DETAILS") && name !== "data-changed",
      },
    });
    const changed = [];
    for (const e of live.querySelectorAll("[data-position]")) {
      if (was.get(e.id) !== e.dataset.position) changed.push(e);
    }
    for (const e of changed) {
      e.dataset.changed = "";
      setTimeout(() => delete e.dataset.changed, shownFor);
    }
    const news = changed.find((e) => e.closest(".sentences, .trail"));
    if (news) heard.textContent = news.textContent.trim().replace(/\s+/g, " ");
  };

  const show = (message) => {
    position = message.id;
    lay(message.html);
    body.dataset.position = position;
  };

  const alive = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(lost, silence);
    wait = 1000;
    say(held ? "held" : "live", held ? "held still" : "live");
  };

  const lost = () => {
    close();
    say("lost", "connection lost, trying again");
    retry = setTimeout(connect, wait);
    wait = Math.min(wait * 2, 15_000);
  };

  const close = () => {
    clearTimeout(watchdog);
    clearTimeout(retry);
    if (source) source.close();
    source = null;
  };

  const connect = () => {
    close();
    const from = kept ? kept.id : position;
    const made = kept ? "" : live.querySelector("[data-made]")?.dataset.made || "";
    source = new EventSource(stream + (stream.includes("?") ? "&" : "?") + "after=" + from + "&made=" + made);
    source.addEventListener("beat", alive);
    source.addEventListener("page", (e) => {
      alive();
      const message = { id: e.lastEventId, html: e.data };
      if (held) kept = message;
      else show(message);
    });
    source.onerror = lost; // from the position that is shown, and not from the one where the browser was
    watchdog = setTimeout(lost, silence);
  };

  hold.hidden = false;
  hold.addEventListener("click", () => {
    held = !held;
    hold.setAttribute("aria-pressed", String(held));
    hold.textContent = held ? "Go on" : "Hold still";
    if (!held && kept) show(kept);
    kept = null;
    if (pulse.dataset.state !== "lost") say(held ? "held" : "live", held ? "held still" : "live");
  });

  // A page that nobody sees needs no connection, of which a browser has few. It catches up when it is seen.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) close();
    else connect();
  });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (e) => {
    if (e.persisted) connect();
  });
  say("wait", "connecting");
  if (!document.hidden) connect();
})();
