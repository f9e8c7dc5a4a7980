// An order that is cancelled before it was settled: the buyer gets everything back.
if (variables.settled != true) {
  transfer(variables.buyer, variables.paid);
}
