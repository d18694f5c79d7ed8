// The audit reader: a click on a figure opens its arithmetic in the drawer; N and P walk through what must be looked at.
"use strict";

(() => {
  for (const zone of document.querySelectorAll("[data-audit-drop]")) {
    const input = zone.querySelector("input[type=file]");
    const name = () => {
      if (input.files.length) zone.querySelector("[data-chosen]").textContent = input.files[0].name;
    };
    input.addEventListener("change", name);
    zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
    zone.addEventListener("dragleave", () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      event.stopPropagation();
      zone.classList.remove("over");
      input.files = event.dataTransfer.files;
      name();
    });
  }

  const reader = document.querySelector("[data-audit]");
  const drawer = document.getElementById("drawer");
  if (!reader || !drawer) return;
  drawer.classList.add("beside-audit");
  const marks = [...reader.querySelectorAll("[data-mark]")];
  const findings = [...reader.querySelectorAll("[data-finding]")];
  const details = document.querySelector("[data-details]");
  const position = reader.querySelector("[data-position]");
  let chosen = "";
  let current = null;

  const seen = () => findings.filter((finding) => !finding.classList.contains("hidden"));
  const showPosition = (finding) => {
    if (!position) return;
    const list = seen();
    const at = list.indexOf(finding);
    position.textContent = `${at < 0 ? "–" : at + 1}/${list.length}`;
  };

  const choose = (mark) => {
    for (const other of reader.querySelectorAll(".current, .partner")) other.classList.remove("current", "partner");
    current = mark;
    mark.classList.add("current");
    const keys = (mark.dataset.findings || "").split(" ").filter(Boolean);
    for (const other of marks) {
      if (other !== mark && keys.some((key) => (other.dataset.findings || "").includes(key))) other.classList.add("partner");
    }
  };

  const open = (mark) => {
    const detail = details.querySelector(`[data-detail="${mark.dataset.mark}"]`);
    if (!detail) return;
    choose(mark);
    const frame = document.createElement("div");
    frame.className = "drawer-inner";
    frame.setAttribute("role", "dialog");
    frame.setAttribute("aria-labelledby", "drawer-title");
    const head = document.createElement("header");
    const title = document.createElement("h2");
    title.id = "drawer-title";
    title.tabIndex = -1;
    title.textContent = mark.title;
    const close = document.querySelector("[data-close-template]").content.cloneNode(true);
    head.append(title, close);
    const body = document.createElement("div");
    body.className = "drawer-body";
    body.append(detail.cloneNode(true));
    body.firstElementChild.removeAttribute("id");
    frame.append(head, body);
    drawer.replaceChildren(frame);
    drawer.hidden = false;
    window.htmx?.process(frame);
    title.focus({ preventScroll: true });
  };

  const goTo = (mark, opens) => {
    mark.scrollIntoView({ block: "center", behavior: "instant" });
    if (opens) open(mark);
    else {
      choose(mark);
      mark.focus({ preventScroll: true });
    }
  };
  const markOf = (id) => marks.find((mark) => mark.dataset.mark === id);

  reader.addEventListener("click", (event) => {
    const mark = event.target.closest("[data-mark]");
    const link = event.target.closest("[data-goto]");
    const state = event.target.closest("button[data-state]");
    const walk = event.target.closest("[data-walk]");
    if (mark) {
      event.preventDefault();
      open(mark);
    } else if (link) {
      event.preventDefault();
      showPosition(link.closest("[data-finding]"));
      const target = markOf(link.dataset.goto);
      if (target) goTo(target, true);
    } else if (state) {
      filter(state.dataset.state === chosen ? "" : state.dataset.state);
    } else if (walk) {
      step(Number(walk.dataset.walk));
    }
  });

  const filter = (state) => {
    chosen = state;
    reader.classList.toggle("narrowed", state !== "");
    for (const button of reader.querySelectorAll("button[data-state]")) {
      button.setAttribute("aria-pressed", String(button.dataset.state === state));
    }
    for (const mark of marks) mark.classList.toggle("kept", mark.dataset.state === state);
    for (const finding of findings) {
      const about = marks.filter((mark) => (mark.dataset.findings || "").includes(finding.dataset.finding));
      finding.classList.toggle("hidden", state !== "" && finding.dataset.state !== state && !about.some((mark) => mark.dataset.state === state));
    }
    showPosition(null);
  };

  // Without a filter one walks from finding to finding; with one, from figure to figure of that word.
  const step = (by) => {
    if (chosen) {
      const kept = marks.filter((mark) => mark.dataset.state === chosen);
      const at = kept.indexOf(current);
      const next = kept[(at + by + kept.length) % kept.length];
      if (next) goTo(next, !drawer.hidden);
      if (position && next) position.textContent = `${kept.indexOf(next) + 1}/${kept.length}`;
      return;
    }
    const list = seen();
    if (!list.length) return;
    const at = list.findIndex((finding) => finding.classList.contains("at"));
    const next = list[at < 0 && by < 0 ? list.length - 1 : (at + by + list.length) % list.length];
    for (const finding of findings) finding.classList.toggle("at", finding === next);
    next.scrollIntoView({ block: "nearest" });
    showPosition(next);
    const target = markOf(next.querySelector("[data-goto]").dataset.goto);
    if (target) goTo(target, true);
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select")) return;
    if (event.key === "n" || event.key === "p") {
      event.preventDefault();
      step(event.key === "n" ? 1 : -1);
    }
    if (event.key === "Escape" && current) current.focus({ preventScroll: true });
  });

  // A finding that was closed or opened again changes its marks here, since the text is not kept and cannot be re-read.
  const settle = (key, isOpen) => {
    for (const finding of findings) {
      if (finding.dataset.finding === key) finding.classList.toggle("closed", !isOpen);
    }
    const closed = new Set(findings.filter((finding) => finding.classList.contains("closed")).map((finding) => finding.dataset.finding));
    for (const mark of marks) {
      const keys = (mark.dataset.findings || "").split(" ").filter(Boolean);
      if (keys.includes(key)) mark.classList.toggle("settled", keys.every((each) => closed.has(each)));
    }
    const shown = drawer.querySelector(`[data-clarify="${key}"]`);
    for (const copy of details.querySelectorAll(`[data-clarify="${key}"]`)) {
      if (shown) copy.replaceChildren(...[...shown.childNodes].map((node) => node.cloneNode(true)));
    }
  };
  for (const [name, isOpen] of [["clarified", false], ["reopened", true]]) {
    document.body.addEventListener(name, (event) => window.setTimeout(() => settle(event.detail.key, isOpen), 0));
  }
  for (const finding of findings) {
    if (finding.dataset.state === "clarified") finding.classList.add("closed");
  }
  showPosition(null);
})();
