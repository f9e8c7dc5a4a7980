let flight = new Flight();
flight.hours = hours;
flight.loss = loss;
load_rules("payout").send(flight);
if (flight.payout == null) {
  return null;
}
transfer(to, flight.payout);
emit("paid", { hours: hours, amount: flight.payout });
return flight.payout;
