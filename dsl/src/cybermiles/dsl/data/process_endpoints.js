// The endpoints of processes: what `buy`, `buy.complete`, `buy.claim` .. do. The compiler adds, from contract.yaml and
// the models: `holds(process, role, who)`, `allowed(right)` (roles that have a right), `about(process, element)` (role,
// form and four-eyes of a task), `sender(name)` (the role that may send a message) and `refund(key, process)`.
// `refuse`, `form_error`, `note` and `set_note` are doors of the kernel that only this file has; it has no other way
// to a process than a script's: `start_process`, `load_process` and the methods of what they return.

function opened(key, id) {
  let process = load_process(id);
  if (process.process != key) {
    refuse("unknown-instance", "`" + id + "` is an instance of another process");
  }
  return process;
}

function has_one_of(process, roles, who) {
  for (let role of roles) {
    if (holds(process, role, who)) { return true; }
  }
  return false;
}

function need_role(process, role, what) {
  if (role != "" && !holds(process, role, caller())) {
    refuse("wrong-role", what + " needs the role `" + role + "`");
  }
}

function need_right(process, right) {
  let roles = allowed(right);
  if (!has_one_of(process, roles, caller())) {
    let who = roles.length == 0 ? "no role of the contract may" : "it needs the role `" + roles.join("` or `") + "`";
    refuse("wrong-role", "to " + right + ": " + who);
  }
}

// --- starting and watching
function start(key, values) {
  let given = {};
  for (let name of Object.keys(values)) {
    if (values[name] != null) { given[name] = values[name]; }
  }
  let process = start_process(key, given);
  set_note("starter/" + process.id, caller());
  return process.id;
}

function where(key, id) {
  return opened(key, id).where();
}

// --- tasks
function holder_of(id, task) {
  return note("holder/" + id + "/" + text(task.task)) ?? task.assignee ?? null;
}

function named(task, wanted) {
  return text(task.task) == text(wanted) || task.element == wanted || task.name == wanted;
}

function find_task(process, wanted, turn) {
  let first = null;
  let free = null;
  let own = null;
  for (let task of process.tasks()) {
    if (named(task, wanted) && (turn == null || task.instance == turn)) {
      let holder = holder_of(process.id, task);
      first = first ?? task;
      if (holder == null) { free = free ?? task; }
      if (holder == caller()) { own = own ?? task; }
    }
  }
  let found = own ?? free ?? first;
  if (found == null) {
    missing(process, wanted);
  }
  return found;
}

function missing(process, wanted) {
  if (process.status != "waiting") {
    refuse("instance-ended", "the instance `" + process.id + "` is " + process.status);
  }
  let by = note("done/" + process.id + "/" + text(wanted));
  if (by != null) {
    refuse("task-done", "the task `" + text(wanted) + "` was completed by " + by[by.length - 1]);
  }
  let names = [];
  for (let task of process.tasks()) { names.push(task.element); }
  let hint = names.length == 0 ? "no task waits" : "there are `" + names.join("`, `") + "`";
  refuse("unknown-task", "no task `" + text(wanted) + "` waits; " + hint);
}

function complete(key, id, wanted, result, transition, turn) {
  let process = opened(key, id);
  let task = find_task(process, wanted, turn);
  let what = about(task.process, task.element);
  need_role(process, what.role, "the task `" + task.element + "`");
  let holder = holder_of(id, task);
  if (holder != null && holder != caller()) {
    refuse("task-held", "the task `" + task.element + "` is held by " + holder);
  }
  for (let other of what.eyes) {
    let done = note("done/" + id + "/" + other) ?? [];
    if (done.includes(caller())) {
      refuse("four-eyes", "who did `" + other + "` cannot do `" + task.element + "`");
    }
  }
  let given = result ?? {};
  let wrong = what.form == "" ? null : form_error(what.form, given);
  if (wrong != null) {
    refuse("bad-form", "the task `" + task.element + "`: " + wrong);
  }
  set_note("holder/" + id + "/" + text(task.task), null);
  remember(id, task.element);
  emit("task-completed", { instance: id, task: task.element, by: caller() });
  process.complete(task.task, given, transition ?? undefined);
  return null;
}

function remember(id, element) {
  let done = note("done/" + id + "/" + element) ?? [];
  if (!done.includes(caller())) { done.push(caller()); }
  set_note("done/" + id + "/" + element, done);
}

function tasks(key, id) {
  let process = opened(key, id);
  let found = [];
  for (let task of process.tasks()) {
    let what = about(task.process, task.element);
    let entry = { task: task.task, element: task.element, name: task.name, role: what.role };
    if (task.instance != null) { entry.turn = task.instance; }
    if (task.due != null) {
      entry.due = task.due;
      entry.overdue = is_past(task.due);
    }
    if (task.priority != null) { entry.priority = task.priority; }
    if (what.form != "") { entry.form = what.form; }
    entry.holder = holder_of(id, task);
    entry.mine = what.role == "" || holds(process, what.role, caller());
    found.push(entry);
  }
  return found;
}

function is_past(due) {
  return datetime(due) < now();
}

function claim(key, id, wanted, turn) {
  let process = opened(key, id);
  let task = find_task(process, wanted, turn);
  need_role(process, about(task.process, task.element).role, "the task `" + task.element + "`");
  let holder = holder_of(id, task);
  if (holder != null && holder != caller()) {
    refuse("task-held", "the task `" + task.element + "` is held by " + holder);
  }
  set_note("holder/" + id + "/" + text(task.task), caller());
  emit("task-claimed", { instance: id, task: task.element, by: caller() });
  return null;
}

function release(key, id, wanted, turn) {
  let process = opened(key, id);
  let task = find_task(process, wanted, turn);
  if (holder_of(id, task) != caller()) { need_right(process, "reassign"); }
  set_note("holder/" + id + "/" + text(task.task), null);
  emit("task-released", { instance: id, task: task.element, by: caller() });
  return null;
}

function reassign(key, id, wanted, to, turn) {
  let process = opened(key, id);
  let task = find_task(process, wanted, turn);
  if (holder_of(id, task) != caller()) { need_right(process, "reassign"); }
  balance(to); // traps if it is no address
  let role = about(task.process, task.element).role;
  if (role != "" && !holds(process, role, to)) {
    refuse("wrong-role", to + " does not have the role `" + role + "`");
  }
  set_note("holder/" + id + "/" + text(task.task), to);
  emit("task-reassigned", { instance: id, task: task.element, to: to, by: caller() });
  return null;
}

// --- roles that are given for an instance
function nominate(key, id, role, to) {
  let process = opened(key, id);
  let parties = nomination(role);
  need_role(process, parties.nominated_by, "to nominate for `" + role + "`");
  balance(to);
  emit("role-nominated", { instance: id, role: role, address: to, by: caller() });
  if (parties.endorsed_by == "") {
    set_note("role/" + id + "/" + role, to);
  } else {
    set_note("nominee/" + id + "/" + role, { address: to, by: caller() });
  }
  return null;
}

function endorse(key, id, role, to) {
  let process = opened(key, id);
  let parties = nomination(role);
  need_role(process, parties.endorsed_by, "to endorse for `" + role + "`");
  let nominee = note("nominee/" + id + "/" + role);
  if (nominee == null || nominee.address != to) {
    refuse("bad-role", to + " is not nominated for `" + role + "`");
  }
  if (nominee.by == caller()) {
    refuse("four-eyes", "who nominated for `" + role + "` cannot endorse");
  }
  set_note("nominee/" + id + "/" + role, null);
  set_note("role/" + id + "/" + role, to);
  emit("role-endorsed", { instance: id, role: role, address: to, by: caller() });
  return null;
}

// --- messages and signals
function may_send(process, name) {
  let role = sender(name);
  if (role == "") { return; }
  if (process == null) {
    refuse("bad-argument", "`" + name + "` comes from the role `" + role + "`: say which `instance` it is for");
  }
  need_role(process, role, "`" + name + "`");
}

function send_message(key, id, message, payload, correlation) {
  if (id == null) {
    may_send(null, message);
    correlate(message, payload ?? undefined, correlation ?? {});
    return null;
  }
  let process = opened(key, id);
  may_send(process, message);
  process.correlate(message, payload ?? undefined, correlation ?? {});
  return null;
}

function send_signal(key, id, name, payload) {
  if (id == null) {
    may_send(null, name);
    signal(name, payload ?? undefined);
    return null;
  }
  let process = opened(key, id);
  may_send(process, name);
  process.signal(name, payload ?? undefined);
  return null;
}

// A jPDL state is left by a transition; without `state` the oldest that waits.
function send_transition(key, id, transition, state) {
  let wanted = state;
  if (wanted == null) {
    let process = opened(key, id);
    let found = process.tasks();
    if (found.length == 0) { missing(process, "state"); }
    wanted = found[0].element;
  }
  return complete(key, id, wanted, null, transition, null);
}

// --- incidents and repair
function incidents(key, id) {
  return opened(key, id).incidents();
}

function repaired(id, what, more) {
  emit("process-repaired", { instance: id, what: what, details: more, by: caller() });
}

function retry(key, id, incident) {
  let process = opened(key, id);
  need_right(process, "retry");
  process.retry(incident);
  repaired(id, "retry", { incident: incident });
  return null;
}

function skip(key, id, incident) {
  let process = opened(key, id);
  need_right(process, "skip");
  process.skip(incident);
  repaired(id, "skip", { incident: incident });
  return null;
}

function move(key, id, from, to) {
  let process = opened(key, id);
  need_right(process, "move");
  process.move(from, to);
  repaired(id, "move", { from: from, to: to });
  return null;
}

function cancel(key, id, reason) {
  let process = opened(key, id);
  need_right(process, "cancel");
  if (process.status != "waiting") {
    refuse("instance-ended", "the instance `" + id + "` is " + process.status);
  }
  let variables = process.variables;
  process.cancel();
  repaired(id, "cancel", { reason: reason ?? "" });
  refund(key, id, variables);
  return null;
}

function migrate(key, id, plan) {
  let process = opened(key, id);
  need_right(process, "migrate");
  process.migrate(plan);
  repaired(id, "migrate", plan);
  return null;
}
