// pid is the ID of a process
// associated with a shopping session
// It is stored in the distributed DB
if (pid) {
  process = load_process (pid);
} else {
  process = start_process("purchase.bpm");
  pid = process.id;
  // Save pid to the DB
}

while (process.next()) {
  if (process.state == "credit seller") {
    // Do the transaction ...
  }
  if (process.state=="deduct from buyer") {
    // Do the transaction ...
  }
}
