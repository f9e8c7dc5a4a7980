//# a function is called before its declaration
return twice(4)
function twice(n) { return n * 2 }

//# functions call each other
function even(n) { return n === 0 ? true : odd(n - 1) }
function odd(n) { return n === 0 ? false : even(n - 1) }
return [even(10), odd(7), even(3)]

//# missing arguments are undefined, extra ones are dropped
function f(a, b) { return [typeof a, typeof b] }
return [f(), f(1), f(1, 'x', 3)]

//# a default is used for undefined and not for null
const f = (a = 1, b = 2) => [a, b]
return [f(), f(undefined, null), f(5)]

//# a default sees the parameters before it
const f = (a, b = a * 2, c = a + b) => [a, b, c]
return [f(1), f(1, 10), f(1, 10, 100)]

//# a default is evaluated each time
let n = 0
const f = (x = ++n) => x
return [f(), f(), f(10), f()]

//# a default that is a call runs only if it is needed
const log = []
const fresh = () => { log.push('made'); return 1 }
const f = (x = fresh()) => x
f(5); f()
return log

//# rest takes what is left
const f = (a, ...rest) => [a, rest, rest.length]
return [f(), f(1), f(1, 2, 3)]

//# rest is a true list
const f = (...all) => all.map((x) => x + 1).join('-')
return f(1, 2, 3)

//# spread in arguments
const sum = (...n) => n.reduce((a, b) => a + b, 0)
return [sum(...[1, 2], 3, ...[4]), Math.max(...[3, 9, 2])]

//# spread of a text
const f = (...c) => c.length
return [f(...'abc'), [...'hey']]

//# a closure keeps its variable
const counter = () => { let n = 0; return () => ++n }
const a = counter(), b = counter()
return [a(), a(), b(), a()]

//# closures share a variable
let n = 0
const up = () => { n += 1 }, get = () => n
up(); up()
return [get(), n]

//# a closure sees later assignments
let x = 1
const f = () => x
x = 2
return f()

//# each turn of a loop has its own variable
const fs = []
for (let i = 0; i < 3; i++) fs.push(() => i)
return fs.map((f) => f())

//# a variable of var is shared by all turns
const fs = []
for (var i = 0; i < 3; i++) fs.push(() => i)
return fs.map((f) => f())

//# each turn of for-of has its own variable
const fs = []
for (const x of ['a', 'b']) fs.push(() => x)
return fs.map((f) => f())

//# a closure that changes the loop's variable
const fs = []
for (let i = 0; i < 3; i++) { fs.push(() => i++) }
return [fs[0](), fs[0](), fs[1](), fs[2]()]

//# a change within the turn is carried to the next
const seen = []
for (let i = 0; i < 6; i++) { seen.push(() => i); i++ }
return seen.map((f) => f())

//# a function that returns itself by its own name
const fact = function self(n) { return n <= 1 ? 1 : n * self(n - 1) }
return fact(6)

//# a function in a record
const o = { n: 2, twice() { return this.n * 2 }, old: function () { return this.n } }
return [o.twice(), o.old()]

//# an arrow has the this of where it stands
const o = { n: 3, make() { return () => this.n } }
return o.make()()

//# this is lost when the function is taken out
const o = { f() { return typeof this } }
const f = o.f
return [o.f(), f()]

//# call, apply and bind
function who(a, b) { return [this.n, a, b] }
const o = { n: 7 }
return [who.call(o, 1, 2), who.apply(o, [3, 4]), who.bind(o, 5)(6)]

//# a bound function ignores another this
const f = function () { return this.n }.bind({ n: 1 })
return [f.call({ n: 2 }), { n: 3, f }.f()]

//# currying
const add = (a) => (b) => (c) => a + b + c
return add(1)(2)(3)

//# composition
const compose = (...fs) => (x) => fs.reduceRight((v, f) => f(v), x)
return compose((x) => x + 1, (x) => x * 2)(5)

//# an immediately called function
return (function (x) { return x * x })(7) + (() => 1)()

//# memoise with a Map
const memo = new Map()
const fib = (n) => {
  if (n < 2) return n
  if (memo.has(n)) return memo.get(n)
  const v = fib(n - 1) + fib(n - 2)
  memo.set(n, v)
  return v
}
return fib(60)

//# return without a value
const f = () => { return }
return [typeof f(), typeof (() => {})()]

//# an arrow that gives a record
return ((x) => ({ x }))(1)

//# functions are values
const ops = { '+': (a, b) => a + b, '-': (a, b) => a - b }
return Object.keys(ops).map((k) => ops[k](5, 3))

//# two functions are not equal, one is
const f = () => 1, g = () => 1
return [f === f, f === g, typeof f]

//# arguments are evaluated from left to right
const log = []
const t = (x) => { log.push(x); return x }
const f = (...a) => a.length
f(t(1), t(2), ...[t(3)])
return log

//# a parameter is a copy of a number and a reference to a record
const f = (n, o) => { n = 9; o.n = 9 }
let n = 1
const o = { n: 1 }
f(n, o)
return [n, o.n]

//# a parameter shadows an outer variable
const x = 1
const f = (x) => { x = 5; return x }
return [f(2), x]

//# an inner function sees the outer parameters
const outer = (a) => { const inner = (b) => a + b; return inner }
return outer(10)(5)

//# deep recursion of a reasonable depth
const depth = (n) => (n === 0 ? 0 : 1 + depth(n - 1))
return depth(100)

//# a callback gets the position and the list
return ['a', 'b'].map((x, i, all) => x + i + all.length)

//# library functions as callbacks
return [['1', '2', '3'].map(Number), [0, 1, '', 'a', null].filter(Boolean), [1, 2].map(String)]

//# parseInt as a callback takes the position as its radix
return ['10', '10', '10'].map((s, i) => parseInt(s, i === 1 ? 2 : 10))

//# destructured parameters with defaults
const f = ({ a = 1, b: { c = 2 } = {} } = {}, [d, e = 5] = [4]) => [a, c, d, e]
return [f(), f({ a: 9, b: { c: 8 } }, [7, 6])]

//# a getter function in a closure of a closure
const make = () => { let v = 0; return { set: (x) => { v = x }, get: () => v, inc: () => { v++; return v } } }
const m = make()
m.set(41)
m.inc()
return m.get()

//# a declaration in a block is seen in the block
let r
{ function f() { return 'in' } r = f() }
return r

//# functions in a list keep their order of evaluation
const log = []
const f = (n) => () => { log.push(n); return n }
const [a, b] = [f(1), f(2)]
b(); a()
return log

//# an argument that is a call of a closure over a parameter that changes
const f = (x) => { const g = () => x; x = x + 1; return g() }
return f(1)
