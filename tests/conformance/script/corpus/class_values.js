//# a class with a constructor and methods
class P { constructor(x, y) { this.x = x; this.y = y } sum() { return this.x + this.y } } const p = new P(1, 2); return [p.sum(), p.x, p]

//# fields
class A { a = 1; b = this.a + 1; c; ['d' + 1] = 4 } const o = new A(); return [o.a, o.b, o.c === undefined, o.d1]

//# private fields and methods
class Account { #balance = 0; #log = []; deposit(n) { this.#balance += n; this.#note(n); return this } #note(n) { this.#log.push(n) } get balance() { return this.#balance } get log() { return this.#log } } const a = new Account().deposit(5).deposit(7); return [a.balance, a.log]

//# private names are tested with in
class A { #x; static is(o) { return #x in o } } return [A.is(new A()), A.is({})]

//# static members
class C { static count = 0; static make() { C.count++; return new C() } static get twice() { return C.count * 2 } } C.make(); C.make(); return [C.count, C.twice]

//# static blocks
class C { static a = 1; static { this.b = this.a + 1 } } return [C.a, C.b]

//# extends and super
class A { constructor(n) { this.n = n } hi() { return 'A' + this.n } } class B extends A { constructor(n) { super(n + 1); this.m = n } hi() { return super.hi() + 'B' + this.m } } return new B(1).hi()

//# a class without a constructor passes its arguments on
class A { constructor(a, b) { this.s = a + b } } class B extends A { } return new B(1, 2).s

//# three levels
class A { f() { return 'a' } } class B extends A { f() { return super.f() + 'b' } } class C extends B { f() { return super.f() + 'c' } } return new C().f()

//# fields of parents come first
const log = []; class A { x = log.push('A.x'); constructor() { log.push('A') } } class B extends A { y = log.push('B.y'); constructor() { super(); log.push('B') } } new B(); return log

//# overridden methods are called by the parent
class Shape { area() { return 0 } describe() { return `${this.name()}: ${this.area()}` } name() { return 'shape' } } class Square extends Shape { constructor(a) { super(); this.a = a } area() { return this.a ** 2 } name() { return 'square' } } return [new Shape(), new Square(3)].map(s => s.describe())

//# getters and setters
class T { #c = 0; get f() { return this.#c * 9 / 5 + 32 } set f(v) { this.#c = (v - 32) * 5 / 9 } get c() { return this.#c } } const t = new T(); t.f = 212; return [t.c, t.f]

//# a getter of the parent
class A { get v() { return 1 } } class B extends A { get v() { return super.v + 1 } } return new B().v

//# static methods are inherited
class A { static make() { return new this() } static who() { return 'A' } } class B extends A { static who() { return super.who() + 'B' } } return [B.who(), B.make() instanceof B]

//# instanceof
class A { } class B extends A { } const b = new B(); return [b instanceof A, b instanceof B, new A() instanceof B, {} instanceof A]

//# classes are values
const make = base => class extends base { twice() { return this.n * 2 } }; class N { n = 4 } const T = make(N); return new T().twice()

//# a class expression knows its name
const K = class Foo { who() { return Foo === K } }; return new K().who()

//# classes with the same private name do not meet
class A { #x = 1; a() { return this.#x } } class B extends A { #x = 2; b() { return this.#x } } const o = new B(); return [o.a(), o.b()]

//# methods can be taken out with bind of an arrow
class C { n = 1; inc = () => ++this.n } const f = new C().inc; return [f(), f()]

//# closures in a constructor
class C { constructor(xs) { this.total = 0; xs.forEach(x => { this.total += x }) } } return new C([1, 2, 3]).total

//# chained methods
class Q { #xs = []; add(x) { this.#xs.push(x); return this } build() { return this.#xs.join('-') } } return new Q().add(1).add(2).build()

//# an error class of one's own
class Bad extends Error { constructor(message, code) { super(message); this.name = 'Bad'; this.code = code } } try { throw new Bad('no', 7) } catch (e) { return [e instanceof Bad, e instanceof Error, e.message, e.name, e.code] }

//# computed method names
const n = 'go'; class A { [n + 1]() { return 1 } static [n]() { return 2 } } return [new A().go1(), A.go()]

//# optional calls of methods
class A { f() { return 1 } } const a = new A(), b = null; return [a?.f(), b?.f() === undefined, a.g?.() === undefined]

//# Object.keys of an object are its fields
class A { a = 1; #b = 2; c() { } } return Object.keys(new A())

//# a constructor must be called with new
class A { } try { A() } catch (e) { return e instanceof TypeError }

//# a static private counter
class Id { static #n = 0; static next() { return ++Id.#n } } Id.next(); return Id.next()

//# super in arrow functions
class A { f() { return 1 } } class B extends A { f() { return [1, 2].map(x => x + super.f()) } } return new B().f()

//# toString is used in templates
class P { toString() { return 'P!' } } return `${new P()}`

//# JSON of an object has its public fields
class A { a = 1; #b = 2; get c() { return 3 } } return JSON.stringify(new A())

//# a linked list
class Node { constructor(v, next = null) { this.v = v; this.next = next } } let list = null; for (const v of [1, 2, 3]) list = new Node(v, list); const out = []; for (let n = list; n; n = n.next) out.push(n.v); return out

//# fields with functions
class A { f = x => x + this.k; k = 2 } return [1, 2].map(new A().f)

//# accessors of classes count as fields when assigned
class A { set v(x) { this.w = x * 2 } } const a = new A(); a.v = 2; return [a.w, a.v === undefined]

//# this is there once super has run on any way
class A { a = 1 } class B extends A { constructor(x) { if (x) super(); else { super() } this.b = this.a + 1; const f = () => this.b; this.c = f() } } return [new B(1).c, new B(0).b]

//# super in an arrow of a constructor
class A { a = 1 } class B extends A { constructor() { const go = () => super(); go(); this.b = this.a } } return new B().b

//# a closure that uses this before super
class A { } class B extends A { constructor() { const f = () => this; let e = ''; try { f() } catch (x) { e = x.name } super(); this.e = e; this.same = f() === this } } const b = new B(); return [b.e, b.same]
