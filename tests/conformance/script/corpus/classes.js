//# a constructor and methods
class P { constructor(x, y) { this.x = x; this.y = y } len2() { return this.x ** 2 + this.y ** 2 } }
const p = new P(3, 4)
return [p.x, p.len2(), p]

//# a class without a constructor
class A {}
return Object.keys(new A())

//# fields in their order
class A { a = 1; b = this.a + 1; c; ['d' + 1] = 4 }
return [new A().b, Object.keys(new A())]

//# fields are set before the constructor's body
const log = []
class A { x = log.push('field'); constructor() { log.push('body') } }
new A()
return log

//# fields of a parent are set before those of a child
const log = []
class A { a = log.push('A.a'); constructor() { log.push('A') } }
class B extends A { b = log.push('B.b'); constructor() { log.push('before'); super(); log.push('B') } }
new B()
return log

//# inheritance and super
class A { constructor(n) { this.n = n } who() { return 'A' + this.n } }
class B extends A { constructor(n) { super(n * 2) } who() { return 'B<' + super.who() + '>' } }
return [new B(5).who(), new B(1) instanceof A]

//# a child without a constructor passes its arguments on
class A { constructor(...a) { this.a = a } }
class B extends A {}
return new B(1, 2, 3).a

//# three levels
class A { f() { return ['A'] } }
class B extends A { f() { return [...super.f(), 'B'] } }
class C extends B { f() { return [...super.f(), 'C'] } }
return new C().f()

//# a method of the parent calls that of the child
class A { go() { return this.name() } name() { return 'A' } }
class B extends A { name() { return 'B' } }
return new B().go()

//# getters and setters
class T { #c = 0; get f() { return this.#c * 2 + 30 } set f(v) { this.#c = (v - 30) / 2 } get c() { return this.#c } }
const t = new T()
t.f = 50
return [t.c, t.f]

//# a getter without a setter cannot be assigned
class A { get x() { return 1 } }
try { new A().x = 2; return 'no' } catch (e) { return e.name }

//# an inherited getter and an overridden one
class A { get x() { return 1 } get y() { return this.x + 10 } }
class B extends A { get x() { return super.x + 1 } }
return [new B().x, new B().y]

//# private fields
class A { #n = 1; inc() { return ++this.#n } has(o) { return #n in o } }
const a = new A()
return [a.inc(), a.inc(), Object.keys(a), a.has(a), a.has({})]

//# private methods
class A { #twice(x) { return x * 2 } go(x) { return this.#twice(x) + 1 } static #hidden() { return 'h' } static show() { return A.#hidden() } }
return [new A().go(5), A.show()]

//# private fields of two classes of one name are two
class A { #x = 'a'; a() { return this.#x } }
class B extends A { #x = 'b'; b() { return this.#x } }
const b = new B()
return [b.a(), b.b()]

//# a private field of a wrong object
class A { #x = 1; static read(o) { return o.#x } }
try { A.read({}); return 'no' } catch (e) { return e.name }

//# static members
class A { static count = 0; static make() { A.count++; return new A() } static get last() { return 'last' + this.count } }
A.make(); A.make()
return [A.count, A.last]

//# static members are inherited
class A { static who() { return 'A' + this.n } static n = 1 }
class B extends A { static n = 2 }
return [A.who(), B.who()]

//# super in a static method
class A { static f() { return 'A' } }
class B extends A { static f() { return super.f() + 'B' } }
return B.f()

//# a static block
class A { static t = []; static { for (let i = 0; i < 3; i++) this.t.push(i) } }
return A.t

//# this in a callback of a method
class A { n = 2; all(l) { return l.map((x) => x * this.n) } }
return new A().all([1, 2])

//# an arrow as a field keeps this
class A { n = 5; get = () => this.n }
const { get } = new A()
return get()

//# a method taken out loses this
class A { f() { return typeof this } }
const f = new A().f
return f()

//# a class expression with a name
const A = class Inner { who() { return Inner.name } }
return [new A().who(), A.name]

//# a class as an argument
const make = (C, ...a) => new C(...a)
class P { constructor(a, b) { this.s = a + b } }
return make(P, 1, 2).s

//# a class made by a function
const counter = (step) => class { n = 0; inc() { this.n += step; return this } }
const C = counter(5)
return new C().inc().inc().n

//# a mixin
const Named = (Base) => class extends Base { hello() { return 'I am ' + this.name } }
class P { constructor(name) { this.name = name } }
return new (Named(P))('Ann').hello()

//# a class must be called with new
class A {}
try { A(); return 'no' } catch (e) { return e.name }

//# this before super is an error
class A {}
class B extends A { constructor() { try { this.x = 1 } catch (e) { super(); this.e = e.name } } }
return new B().e

//# instances have fields of their own
class A { list = [] }
const a = new A(), b = new A()
a.list.push(1)
return [a.list, b.list]

//# methods are no fields
class A { x = 1; f() {} get g() { return 1 } }
const a = new A()
return [Object.keys(a), JSON.stringify(a), 'f' in a, Object.hasOwn(a, 'f')]

//# methods are the same for all instances
class A { f() {} }
return new A().f === new A().f

//# a field hides a method
class A { f() { return 'method' } }
const a = new A()
a.f = () => 'field'
return a.f()

//# toString in a template
class M { constructor(v) { this.v = v } toString() { return 'M' + this.v } }
return `${new M(5)}` + new M(6)

//# toJSON
class M { v = 5; toJSON() { return { m: this.v } } }
return JSON.stringify([new M(), { a: new M() }])

//# computed method names
const k = 'go'
class A { [k]() { return 1 } ['x' + 1]() { return 2 } static [k + 's']() { return 3 } }
return [new A().go(), new A().x1(), A.gos()]

//# class fields see the outer scope
const x = 5
class A { y = x * 2 }
return new A().y

//# constructor of an instance
class A {}
class B extends A {}
return [new B().constructor === B, new A().constructor.name]

//# chained methods
class Q { #l = []; add(x) { this.#l.push(x); return this } get size() { return this.#l.length } }
return new Q().add(1).add(2).size

//# an accessor that is static
let v = 1
class A { static get x() { return v } static set x(n) { v = n } }
A.x += 5
return [A.x, v]

//# super.field in a method reads the parent's getter
class A { get name() { return 'a' } }
class B extends A { get name() { return 'b' } parent() { return super.name } }
return new B().parent()

//# compound assignment of private fields
class A { #n = 1; f() { this.#n += 5; this.#n *= 2; this.#n++; return this.#n } }
return new A().f()

//# an optional chain on a private field
class A { #o = null; f() { return this.#o?.x ?? 'none' } }
return new A().f()

//# a stack and a queue
class Stack { #a = []; push(x) { this.#a.push(x) } pop() { return this.#a.pop() } get empty() { return this.#a.length === 0 } }
const s = new Stack(), r = []
s.push(1); s.push(2)
while (!s.empty) r.push(s.pop())
return r

//# a class that extends Error
class NotFound extends Error { constructor(what) { super(what + ' not found'); this.name = 'NotFound'; this.what = what } }
try { throw new NotFound('page') } catch (e) { return [e.name, e.message, e.what, e instanceof NotFound, e instanceof Error, String(e)] }

//# instances are compared by identity
class A { x = 1 }
const a = new A()
return [a === a, a === new A()]

//# spread of an instance copies its fields
class A { x = 1; f() {} }
return { ...new A(), y: 2 }

//# a class used before its line
try { new A(); class A {} } catch (e) { return e.name }

//# extends null is no parent and an expression is one
const pick = (x) => x ? class { k = 'one' } : class { k = 'two' }
class A extends pick(false) {}
return new A().k
