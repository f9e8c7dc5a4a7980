engine = load_rules("pricing.rl");

m = new Message ();
m.status = Message.GET_PRICE;
m.fico_score = 740; // Get from profile DB
m.listed_price = 100; // Get from product DB

engine.send(m);
return m.price; // Returns 80 to Dapp caller
