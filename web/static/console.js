// What the console does more with script. Without it everything works, too.
"use strict";

// "/" goes to the search, unless somebody is writing.
document.addEventListener("keydown", (event) => {
  const search = document.querySelector("[data-search]");
  const writing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && search && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search.focus();
    search.select();
  }
  if (event.key === "Escape") {
    const menu = event.target.closest("details.cf-menu[open]");
    closeMenus(null);
    menu?.querySelector("summary").focus();
  }
});

// A menu closes when somebody looks elsewhere.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.cf-menu[open]")) {
    if (menu !== except) {
      menu.open = false;
    }
  }
}
document.addEventListener("click", (event) => closeMenus(event.target.closest("details.cf-menu")));

// The arrow keys go through a menu, and around at its ends.
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest("details.cf-menu");
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!menu || !by || event.altKey) {
    return;
  }
  event.preventDefault();
  menu.open = true;
  const acts = [...menu.querySelectorAll(".cf-menu-list a, .cf-menu-list button")];
  const at = acts.indexOf(document.activeElement);
  acts.at(at < 0 && by < 0 ? -1 : (at + by) % acts.length).focus();
});

// A choice in a list's filter is applied at once.
for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select")) {
      form.requestSubmit();
    }
  });
}

// A folded step of a form does not go on saying what was chosen before.
for (const fold of document.querySelectorAll(".cf-fold")) {
  fold.addEventListener("change", () => {
    fold.querySelector(".cf-fold-choice").textContent = "Changed";
  });
}

// The undo notice counts down, and goes when its time is over.
for (const notice of document.querySelectorAll("[data-until]")) {
  const until = Number(notice.dataset.until);
  const left = notice.querySelector(".cf-undo-left");
  notice.querySelector(".cf-undo-until").hidden = true;
  const tick = () => {
    const seconds = Math.ceil((until - Date.now()) / 1000);
    if (seconds <= 0) {
      notice.remove();
      return;
    }
    left.textContent = `${seconds} s`;
    setTimeout(tick, 250);
  };
  tick();
}

// A page that is asked for a place opens what is folded there.
function openPlace() {
  const place = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
  const folded = place && place.querySelector(":scope > details");
  if (folded) {
    folded.open = true;
    place.scrollIntoView();
  }
}
openPlace();
addEventListener("hashchange", openPlace);

// Items are put in order by dragging them, or with the arrow keys on their handle; the
// form beside the list holds the order, and is sent by its button.
for (const list of document.querySelectorAll("[data-order]")) {
  const form = document.getElementById(list.dataset.order);
  if (!form) {
    continue; // this reader moves nothing
  }
  const field = form.elements.namedItem("order");
  const rows = () => [...list.querySelectorAll("[data-step]")];
  const first = field.value;
  for (const summary of list.querySelectorAll("[draggable] > details > summary")) {
    summary.setAttribute("aria-describedby", "order-hint");
    summary.setAttribute("aria-keyshortcuts", "Alt+ArrowUp Alt+ArrowDown");
  }
  const note = () => {
    field.value = rows().map((row) => row.dataset.step).join(",");
    form.hidden = field.value === first;
  };
  let dragged = null;
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-step]");
    event.dataTransfer.effectAllowed = "move";
    dragged.classList.add("cf-dragged");
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("[data-step]");
    if (!dragged || !over || over === dragged) {
      return;
    }
    event.preventDefault();
    const box = over.getBoundingClientRect();
    dragged.parentNode.insertBefore(dragged, event.clientY < box.top + box.height / 2 ? over : over.nextSibling);
  });
  list.addEventListener("dragend", () => {
    dragged.classList.remove("cf-dragged");
    dragged = null;
    note();
  });
  list.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-step]");
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || !event.altKey || !row) {
      return;
    }
    event.preventDefault();
    const all = rows();
    const other = all[all.indexOf(row) + by];
    if (other) {
      row.parentNode.insertBefore(by < 0 ? row : other, by < 0 ? other : row);
      event.target.focus();
      note();
    }
  });
}

// The hours of a week are painted with the pointer, into the fields beside the picture;
// what is typed there shows in the picture. An hour counts in halves.
for (const picture of document.querySelectorAll("[data-paint]")) {
  const [half, first, last] = [30, Number(picture.dataset.first) * 60, Number(picture.dataset.last) * 60];
  const columns = [...picture.querySelectorAll("[data-field]")];
  const fieldOf = (column) => document.getElementById(column.dataset.field);
  const ground = (column) => column.querySelector(".cf-hours-ground");
  const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

  const read = (text) => [...text.matchAll(/(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})/g)]
    .map((m) => [m[1] * 60 + Number(m[2]), m[3] * 60 + Number(m[4])])
    .filter(([from, to]) => from < to && to <= 24 * 60);
  const write = (spans) => spans.map(([from, to]) => `${clock(from)}-${clock(to)}`).join(", ");

  // with adds a span to others, or takes it away.
  const withSpan = (spans, [from, to], add) => {
    let out = spans.flatMap(([a, b]) => [[a, Math.min(b, from)], [Math.max(a, to), b]]).filter(([a, b]) => a < b);
    if (add) {
      out.push([from, to]);
    }
    out.sort((a, b) => a[0] - b[0]);
    return out.reduce((all, span) => {
      const before = all.at(-1);
      if (before && before[1] >= span[0]) {
        before[1] = Math.max(before[1], span[1]);
      } else {
        all.push([...span]);
      }
      return all;
    }, []);
  };

  const draw = (column) => {
    const whole = ground(column);
    const scale = Number(whole.getAttribute("height")) / (last - first);
    column.querySelectorAll(".cf-hours-open").forEach((rect) => rect.remove());
    for (const [from, to] of read(fieldOf(column).value)) {
      const rect = whole.cloneNode();
      rect.setAttribute("class", "cf-hours-open");
      rect.setAttribute("y", Number(whole.getAttribute("y")) + (Math.max(from, first) - first) * scale);
      rect.setAttribute("height", Math.max(0, Math.min(to, last) - Math.max(from, first)) * scale);
      whole.after(rect);
    }
  };

  // cell is the column and the half hour below the pointer.
  const cell = (event) => {
    for (const column of columns) {
      const box = ground(column).getBoundingClientRect();
      if (event.clientX >= box.left && event.clientX < box.right) {
        const part = Math.min(Math.max((event.clientY - box.top) / box.height, 0), 0.9999);
        return { column, from: first + Math.floor((part * (last - first)) / half) * half };
      }
    }
    return null;
  };
  let adding = null;
  const paint = (event) => {
    const at = cell(event);
    if (!at) {
      return;
    }
    const field = fieldOf(at.column);
    const spans = read(field.value);
    adding ??= !spans.some(([from, to]) => from <= at.from && at.from < to);
    field.value = write(withSpan(spans, [at.from, at.from + half], adding));
    draw(at.column);
  };
  picture.classList.add("cf-paintable");
  picture.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    adding = null;
    paint(event);
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener("pointermove", (event) => event.buttons && adding !== null && paint(event));
  for (const ending of ["pointerup", "pointercancel"]) {
    picture.addEventListener(ending, () => (adding = null));
  }
  for (const column of columns) {
    fieldOf(column).addEventListener("input", () => draw(column));
  }
}

// Files are uploaded each by itself, as soon as they are chosen or dropped. What has arrived
// is chosen in the form; where there is none for it, the page is loaded again with all of it.
for (const zone of document.querySelectorAll("[data-upload]")) {
  const field = zone.querySelector("input[type=file]");
  const list = zone.querySelector("[data-uploads]");
  const button = zone.dataset.chosen ? null : zone.closest("form").querySelector("button[type=submit]");
  let waiting = 0;
  let failed = false;
  if (button) {
    button.hidden = true; // nothing is left for it to do
  }
  const row = (name) => {
    const item = list.appendChild(document.createElement("li"));
    item.append(name);
    return item;
  };
  const refuse = (item, why) => {
    failed = true;
    const words = item.appendChild(document.createElement("span"));
    words.className = "text-danger";
    words.textContent = why;
  };
  const arrived = (item, file) => {
    if (!zone.dataset.chosen) {
      return;
    }
    const label = document.createElement("label");
    label.className = "form-check mb-0";
    const box = label.appendChild(document.createElement("input"));
    Object.assign(box, { type: "checkbox", className: "form-check-input", name: zone.dataset.chosen, value: file.id, checked: true });
    const words = label.appendChild(document.createElement("span"));
    words.className = "form-check-label";
    words.textContent = file.name;
    item.replaceChildren(label);
  };
  const send = (file) => {
    const item = row(file.name);
    if (file.size > Number(zone.dataset.largest)) {
      refuse(item, zone.dataset.tooLarge);
      return;
    }
    const bar = item.appendChild(document.createElement("progress"));
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    const request = new XMLHttpRequest();
    request.open("POST", zone.dataset.upload);
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      bar.value = event.loaded / event.total;
    });
    request.addEventListener("loadend", () => {
      bar.remove();
      if (request.status === 201) {
        arrived(item, request.response);
      } else {
        refuse(item, request.response?.detail ?? "did not arrive: try it again");
      }
      waiting -= 1;
      if (waiting === 0 && !failed && !zone.dataset.chosen) {
        location.reload();
      }
    });
    waiting += 1;
    const form = new FormData();
    form.append("file", file);
    request.send(form);
  };
  const sendAll = (files) => {
    failed = false;
    [...files].forEach(send);
  };
  field.addEventListener("change", () => {
    sendAll(field.files);
    field.value = ""; // what is uploaded does not go with the form once more
  });
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("cf-over-it");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("cf-over-it"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("cf-over-it");
    sendAll(event.dataTransfer.files);
  });
}
