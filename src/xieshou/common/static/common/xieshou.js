// What a page does beyond links and forms: keys, menus, the drawer, drop zones, selections, drafts.
// Every page works without it, except that a drawer then opens as a page of its own.
"use strict";

(() => {
  const PHONE = window.matchMedia("(max-width: 767px)");
  const drawer = document.getElementById("drawer");
  let openedFrom = null;

  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

  // --- Drawer: what a number opens. On a phone the same address opens as a page.
  const closeDrawer = () => {
    if (!drawer || drawer.hidden) return false;
    drawer.hidden = true;
    drawer.replaceChildren();
    if (openedFrom && openedFrom.isConnected) openedFrom.focus();
    return true;
  };

  const showMarked = () => document.querySelector(".sheet .marked")?.scrollIntoView({ block: "nearest", inline: "center" });
  showMarked();

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target !== drawer) return;
    const link = event.detail.elt.closest("a[href]");
    if (PHONE.matches && link && !drawer.contains(link)) {
      event.preventDefault();
      window.location.assign(link.href);
      return;
    }
    if (link && !drawer.contains(link)) openedFrom = link;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== drawer) return;
    drawer.hidden = false;
    drawer.querySelector("[id='drawer-title']")?.focus();
    showMarked();
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.target !== drawer) return;
    const link = event.detail.elt.closest("a[href]");
    if (link) window.location.assign(link.href);
  });

  // --- Menus: one open at a time, closed by Esc and by a click elsewhere.
  const closeMenus = (except) => {
    let closed = false;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu !== except && !menu.contains(except)) {
        menu.open = false;
        closed = true;
      }
    }
    return closed;
  };
  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details.menu"));
    if (event.target.closest("[data-close-drawer]")) closeDrawer();
    if (event.target.closest("[data-print]")) window.print();
    const copier = event.target.closest("[data-copy]");
    if (copier) {
      const source = document.getElementById(copier.dataset.copy);
      source.select();
      // Without https there is no clipboard: the text is selected, and Ctrl+C takes it.
      navigator.clipboard?.writeText(source.value).then(() => { copier.textContent = copier.dataset.copied; });
    }
    const opener = event.target.closest("[data-open-dialog]");
    if (opener) document.getElementById(opener.dataset.openDialog)?.showModal();
    if (event.target.closest("[data-close-dialog]")) event.target.closest("dialog")?.close();
  });
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("details.menu") && event.target.open) event.target.querySelector("input:not([type=hidden])")?.focus();
  }, true);

  // --- Suggestions: a list under a field, which htmx fills; arrows walk through it, Enter or a click takes one.
  const listOf = (field) => field.closest(".suggest").querySelector(".suggestions");
  // A field of several lines is asked about the name in which the caret stands.
  const nameAtCaret = (field) => {
    if (field.tagName !== "TEXTAREA") return [0, field.value.length];
    const before = field.value.slice(0, field.selectionStart).search(/[^\n、，,]*$/);
    const after = field.value.slice(field.selectionStart).search(/[\n、，,]|$/);
    return [before, field.selectionStart + after];
  };
  const closeSuggestions = (field) => {
    const list = listOf(field);
    const wasOpen = !list.hidden;
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    return wasOpen;
  };
  document.addEventListener("htmx:configRequest", (event) => {
    const field = event.detail.elt;
    if (!field.matches("[data-suggest]")) return;
    const query = field.value.slice(...nameAtCaret(field)).trim();
    if (!query) {
      event.preventDefault();
      closeSuggestions(field);
      return;
    }
    event.detail.parameters.q = query;
    event.detail.parameters.pick = "1";
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const field = event.detail.target.closest(".suggest")?.querySelector("[data-suggest]");
    if (!field) return;
    const isOpen = event.detail.target.childElementCount > 0 && field === document.activeElement;
    event.detail.target.hidden = !isOpen;
    field.setAttribute("aria-expanded", String(isOpen));
  });
  document.addEventListener("focusout", (event) => {
    const box = event.target.closest(".suggest");
    if (box && !box.contains(event.relatedTarget)) closeSuggestions(box.querySelector("[data-suggest]"));
  });
  document.addEventListener("click", (event) => {
    const choice = event.target.closest("[data-pick]");
    if (!choice) return;
    const field = choice.closest(".suggest").querySelector("[data-suggest]");
    event.preventDefault();
    field.setRangeText(choice.dataset.pick, ...nameAtCaret(field), "end");
    closeSuggestions(field);
    field.focus();
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest(".suggest");
    if (!box || event.isComposing) return;
    const field = box.querySelector("[data-suggest]");
    if (listOf(field).hidden) return;
    const choices = [field, ...listOf(field).children];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      closeSuggestions(field);
      field.focus();
    } else if (step) {
      choices[(choices.indexOf(event.target) + step + choices.length) % choices.length].focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  });

  // --- Keys: "/" search, "g" and a letter to go, arrows in a list, Enter opens, Esc closes.
  let waitsForLetter = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") {
      if (closeMenus(null) || closeDrawer()) return;
      if (isTyping(event.target)) event.target.blur();
      return;
    }
    if (isTyping(event.target)) return;
    if (event.key === "/") {
      const field = document.querySelector("[data-global-search]") || document.querySelector("[data-search]");
      if (field && field.offsetParent !== null) {
        event.preventDefault();
        field.focus();
        field.select();
      }
      return;
    }
    if (Date.now() < waitsForLetter) {
      waitsForLetter = 0;
      const goal = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
      if (goal) {
        event.preventDefault();
        window.location.assign(goal.href);
      }
      return;
    }
    if (event.key === "g") {
      waitsForLetter = Date.now() + 1500;
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") moveInList(event);
    if (event.key === "Enter" && event.target.matches("[data-list] tbody tr")) event.target.querySelector("a[href]")?.click();
  });

  const moveInList = (event) => {
    const list = event.target.closest("[data-list]") || document.querySelector("[data-list]");
    if (!list) return;
    const rows = [...list.tBodies[0].rows];
    const current = rows.indexOf(event.target.closest("tr"));
    const next = current < 0 ? 0 : current + (event.key === "ArrowDown" ? 1 : -1);
    if (rows[next]) {
      event.preventDefault();
      rows[next].focus();
    }
  };

  // --- Filters: a select narrows the list at once; empty fields stay out of the address.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-filters], form[data-autosubmit]");
    if (form && event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "get") return;
    for (const field of event.target.elements) {
      if (field.name && field.value === "" && !field.hasAttribute("data-keep-empty")) field.disabled = true;
    }
    window.setTimeout(() => {
      for (const field of event.target.elements) field.disabled = false;
    }, 0);
  });

  // --- Selections in a list.
  const showSelection = () => {
    const bar = document.querySelector("[data-selection]");
    if (!bar) return;
    const count = document.querySelectorAll("[data-list] tbody input[name=selected]:checked").length;
    bar.hidden = count === 0;
    bar.querySelector("[data-selected-count]").textContent = String(count);
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-select-all]")) {
      for (const box of event.target.closest("table").querySelectorAll("input[name=selected]")) box.checked = event.target.checked;
    }
    if (event.target.matches("[data-select-all], input[name=selected]")) showSelection();
  });

  // --- Drop zones: files dropped or chosen are listed and sent at once.
  const send = (zone) => {
    const input = zone.querySelector("input[type=file]");
    if (!input.files.length) return;
    const form = zone.closest("form");
    const list = form.querySelector("[data-files]");
    if (list) {
      list.replaceChildren(...[...input.files].map((file) => {
        const line = document.createElement("li");
        line.textContent = `${file.name}  ${(file.size / 1024).toFixed(1)} KB`;
        return line;
      }));
    }
    zone.classList.add("sending");
    const words = zone.querySelector("strong");
    if (words && zone.dataset.sending) words.textContent = zone.dataset.sending;
    form.requestSubmit();
  };
  // The files of a dropped folder with their paths; what begins with a dot or "~$" is no file of a person's.
  const filesIn = async (entry) => {
    if (entry.isFile) {
      if (/^(\.|~\$)/.test(entry.name)) return [];
      const file = await new Promise((done, failed) => entry.file(done, failed));
      return [{ file, path: entry.fullPath.replace(/^\//, "") }];
    }
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      const some = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (!some.length) break;
      found.push(...some);
    }
    return (await Promise.all(found.map(filesIn))).flat();
  };
  for (const zone of document.querySelectorAll("[data-drop]")) {
    zone.querySelector("input[type=file]").addEventListener("change", () => send(zone));
    zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
    zone.addEventListener("dragleave", () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
      if (!entries.some((entry) => entry.isDirectory)) {
        zone.querySelector("input[type=file]").files = event.dataTransfer.files;
        send(zone);
        return;
      }
      Promise.all(entries.map(filesIn)).then((found) => {
        const all = found.flat();
        const chosen = new DataTransfer();
        for (const { file } of all) chosen.items.add(file);
        zone.querySelector("input[type=file]").files = chosen.files;
        const paths = zone.closest("form").querySelector("input[name=paths]");
        if (paths) paths.value = JSON.stringify(all.map(({ path }) => path));
        send(zone);
      });
    });
  }
  // A file dropped beside the zone must not replace the page.
  for (const name of ["dragover", "drop"]) {
    window.addEventListener(name, (event) => {
      if (!event.target.closest?.("[data-drop]")) event.preventDefault();
    });
  }

  // --- Drafts: a form with data-draft keeps what was typed in this tab; data-guard asks before unsaved work is left.
  let unsaved = null;
  for (const form of document.querySelectorAll("form[data-guard]")) {
    const key = form.dataset.draft ? `draft:${form.dataset.draft}` : "";
    const fields = () => [...form.elements].filter((field) => field.name && !["hidden", "password", "file", "submit"].includes(field.type));
    if (key && !form.querySelector(".field-error")) {
      const kept = JSON.parse(window.sessionStorage.getItem(key) || "{}");
      for (const field of fields()) {
        if (field.name in kept && field.value === "") field.value = kept[field.name];
      }
    }
    form.addEventListener("input", () => {
      unsaved = form;
      if (key) window.sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(fields().map((field) => [field.name, field.value]))));
    });
    form.addEventListener("submit", () => {
      unsaved = null;
      if (key) window.sessionStorage.removeItem(key);
    });
  }
  window.addEventListener("beforeunload", (event) => {
    if (unsaved && !unsaved.hasAttribute("data-draft")) event.preventDefault();
  });
})();
