// A page is whole without this. With it, the page is laid over itself whenever it was made again at a later
// position in the ledger: what is the same stays as it is, with its focus, its scroll and what is folded open.
(() => {
  "use strict";
  const body = document.body;
  const stream = body.dataset.live;
  if (!stream || !window.EventSource || !window.Idiomorph) return;

  const silence = 40_000; // ms without a word, after which a connection is taken for dead
  const shownFor = 4_000; // ms for which a change is marked
  const toldUpTo = 10; // changes at once, beyond which a screen reader is told their number
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
  let missed = false; // something came while the page was held still

  const say = (state, text) => {
    pulse.hidden = false;
    pulse.dataset.state = state;
    if (word.textContent !== text) word.textContent = text;
  };

  // anchor is what must not move under the reader when the page changes: what has the focus, or the topmost thing in sight
  // that is known again.
  const anchor = () => {
    const focused = document.activeElement;
    if (focused && live.contains(focused) && focused.id !== "main") return focused;
    if (scrollY === 0) return null;
    for (const e of live.querySelectorAll("[id]")) {
      const at = e.getBoundingClientRect();
      if (at.height > 0 && at.top >= 0 && at.top < innerHeight) return e;
    }
    return null;
  };

  // asRead is a page with the rows of its tables in the order in which they are shown, so that none moves away under the
  // reader. New rows come last. Whether that changed anything is said, and the reader chooses when to see the new order.
  const asRead = (html) => {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    let other = false;
    for (const table of fresh.content.querySelectorAll("tbody[id]")) {
      const shown = document.getElementById(table.id);
      if (!shown) continue;
      const place = new Map([...shown.rows].map((row, i) => [row.id, i]));
      const placed = (row) => place.get(row.id) ?? place.size;
      const rows = [...table.rows];
      const kept = [...rows].sort((a, b) => placed(a) - placed(b));
      if (kept.every((row, i) => row === rows[i])) continue;
      other = true;
      table.append(...kept);
    }
    return { html: other ? fresh.innerHTML : html, other };
  };

  const reorder = document.createElement("button");
  reorder.className = "reorder";
  reorder.type = "button";
  reorder.textContent = "The order changed: show";
  reorder.hidden = true;
  body.append(reorder);

  // lay puts the page as it is now over the one that is shown.
  const lay = (now, ordered) => {
    const { html, other } = ordered ? { html: now, other: false } : asRead(now);
    reorder.hidden = !other;
    reorder.onclick = () => lay(now, true);
    const was = new Map();
    const kept = anchor();
    const top = kept?.getBoundingClientRect().top;
    for (const e of live.querySelectorAll("[data-position]")) was.set(e.id, e.dataset.position);
    Idiomorph.morph(live, html, {
      morphStyle: "innerHTML",
      ignoreActiveValue: true,
      callbacks: {
        // What is the same as before is sent as an empty element, and stays as it is.
        beforeNodeMorphed: (node, now) => !(now.nodeType === 1 && "same" in now.dataset),
        // What the reader folded open stays open, and a mark stays until its time is over.
        beforeAttributeUpdated: (name, node) => !(name === "open" && node.tagName === "DETAILS") && name !== "data-changed",
      },
    });
    if (live.querySelector("[data-same]")) return false; // it was not here: only a whole page helps
    if (kept && kept.isConnected) scrollBy({ top: kept.getBoundingClientRect().top - top, behavior: "instant" });
    const changed = [];
    for (const e of live.querySelectorAll("[data-position]")) {
      if (was.get(e.id) !== e.dataset.position) changed.push(e);
    }
    for (const e of changed) {
      e.dataset.changed = "";
      setTimeout(() => delete e.dataset.changed, shownFor);
    }
    const news = changed.filter((e) => e.closest(".sentences, .trail, tbody"));
    const told = news.find((e) => e.closest(".sentences, .trail")) || news[0];
    if (news.length > toldUpTo) heard.textContent = news.length + " changes on this page";
    else if (told) heard.textContent = told.textContent.trim().replace(/\s+/g, " ");
    return true;
  };

  const show = (message) => {
    if (!lay(message.html)) {
      position = 0;
      connect();
      return;
    }
    position = message.id;
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
    const from = position;
    const made = live.querySelector("[data-made]")?.dataset.made || "";
    source = new EventSource(stream + (stream.includes("?") ? "&" : "?") + "after=" + from + "&made=" + made);
    source.addEventListener("beat", alive);
    source.addEventListener("page", (e) => {
      alive();
      if (held) missed = true;
      else show({ id: e.lastEventId, html: e.data });
    });
    source.onerror = lost; // from the position that is shown, and not from the one where the browser was
    watchdog = setTimeout(lost, silence);
  };

  hold.hidden = false;
  hold.addEventListener("click", () => {
    held = !held;
    hold.setAttribute("aria-pressed", String(held));
    hold.textContent = held ? "Go on" : "Hold still";
    if (!held && missed) connect(); // from what is shown: what came meanwhile says only how it differs from what came before it
    missed = false;
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
