// The price for one buyer: a message goes to the rules, the rules may set its price.
const engine = load_rules("pricing.drl");
const m = new Message();
m.status = Message.GET_PRICE;
m.fico_score = fico_score;
m.listed_price = listed_price;
engine.send(m);
return m.price;
