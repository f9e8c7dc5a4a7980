//# functions are values
const f = function (a) { return a + 1 }; const g = f; return [f(1), g(2), typeof f]

//# arrow functions
const f = x => x * 2, g = (a, b) => { return a + b }, h = () => ({ a: 1 }); return [f(2), g(1, 2), h()]

//# functions are hoisted in their block
return [f(2), g()]; function f(x) { return x * g() } function g() { return 3 }

//# nested functions see what is around them
function outer(a) { function inner(b) { return a + b } return inner(10) } return [outer(1), outer(2)]

//# closures share a variable
function counter() { let n = 0; return { up: () => ++n, down: () => --n, get: () => n } } const c = counter(), d = counter(); c.up(); c.up(); d.down(); return [c.get(), d.get()]

//# a closure sees later assignments
let x = 1; const f = () => x; x = 2; return f()

//# assignment inside of a closure
let total = 0; const add = n => { total += n }; [1, 2, 3].forEach(add); return total

//# captured parameters can be assigned
function f(a) { const g = () => a; a = a * 2; return g() } return f(4)

//# each turn of a for has its own variable
const fs = []; for (let i = 0; i < 3; i++) { fs.push(() => i) } return fs.map(f => f())

//# a turn's variable can be changed by the closure and by the step
const fs = []; for (let i = 0; i < 4; i++) { fs.push(() => i); i++ } return fs.map(f => f())

//# continue keeps the turn's variables apart
const fs = []; for (let i = 0; i < 4; i++) { if (i == 1) continue; fs.push(() => i) } return fs.map(f => f())

//# var is shared by all turns
const fs = []; for (var i = 0; i < 3; i++) { fs.push(() => i) } return fs.map(f => f())

//# each turn of for of and for in has its own variable
const fs = []; for (const x of [1, 2]) fs.push(() => x); for (const k in { a: 1, b: 2 }) fs.push(() => k); return fs.map(f => f())

//# a let in a loop body is fresh each turn
const fs = []; let n = 0; while (n < 3) { let m = n * 10; fs.push(() => m++); n++ } return [...fs.map(f => f()), ...fs.map(f => f())]

//# default parameters see those before them
function f(a, b = a + 1, c = a + b) { return [a, b, c] } return [f(1), f(1, 5), f(1, undefined, 0)]

//# default parameters are evaluated when needed
let calls = 0; function next() { calls++; return calls } function f(a = next()) { return a } f(1); f(); f(); return [calls, f(9)]

//# rest parameters
function f(a, ...rest) { return [a, rest] } return [f(), f(1), f(1, 2, 3)]

//# arguments that are missing or too many
function f(a, b) { return [a === undefined, b === undefined] } return [f(1), f(1, 2, 3), f()]

//# spread of arguments
function f(a, b, c) { return [a, b, c] } const xs = [1, 2]; return [f(...xs, 3), f(0, ...xs), f(...'ab', ...[])]

//# destructured parameters
const f = ({ a, b: { c = 5 } = {} }, [d, ...e] = [1, 2]) => [a, c, d, e]; return [f({ a: 1 }), f({ a: 1, b: { c: 2 } }, [3])]

//# a destructured rest parameter
const f = (...[a, b = 9]) => [a, b]; return [f(1), f(1, 2)]

//# an immediately called function
return (function (n) { return n * 2 })(21) + (() => 1)()

//# a named function knows itself
const f = function fact(n) { return n < 2 ? 1 : n * fact(n - 1) }; return f(6)

//# mutual recursion of closures
const even = n => n == 0 ? true : odd(n - 1), odd = n => n == 0 ? false : even(n - 1); return [even(10), odd(7)]

//# functions that return functions
const add = a => b => c => a + b + c; return add(1)(2)(3)

//# composition
const compose = (...fs) => x => fs.reduceRight((v, f) => f(v), x); return compose(x => x + 1, x => x * 2)(5)

//# functions in records are called with this
const o = { n: 3, get() { return this.n }, f: function () { return this.n * 2 } }; return [o.get(), o.f()]

//# an arrow has the this around it
const o = { n: 3, all(xs) { return xs.map(x => x + this.n) } }; return o.all([1, 2])

//# methods by computed names
const o = { add: (a, b) => a + b, ['s' + 'ub'](a, b) { return a - b } }; return ['add', 'sub'].map(m => o[m](5, 3))

//# getters and setters
const o = { _v: 1, get v() { return this._v * 10 }, set v(x) { this._v = x } }; o.v = 4; o.v += 1; return [o.v, o._v]

//# functions inside of blocks are the block's
function f() { return 1 } { function f() { return 2 } if (f() != 2) return 'bad' } return f()

//# a function can be assigned
let f = () => 1; const g = () => f(); f = () => 2; return g()

//# shadowing
let x = 1; function f(x) { { let x = 3; x++ } return x } return [f(2), x]

//# a parameter shadows a function
function g() { return 1 } function f(g) { return g } return f(5)

//# callbacks get place and list
return ['a', 'b'].map((x, i, all) => x + i + all.length)

//# sorting with a comparator
return [3, 1, 2].sort((a, b) => b - a).concat([5, 10, 1].toSorted((a, b) => a - b))

//# reduce to a record
return ['a', 'b', 'a'].reduce((counts, x) => ({ ...counts, [x]: (counts[x] ?? 0) + 1 }), {})

//# memoised recursion
const memo = new Map(); const fib = n => { if (n < 2) return n; if (memo.has(n)) return memo.get(n); const v = fib(n - 1) + fib(n - 2); memo.set(n, v); return v }; return fib(60)

//# a closure over a catch variable
let f; try { throw 5 } catch (e) { f = () => e } return f()

//# a closure over a destructured variable
const fs = []; for (const { a, b = a } of [{ a: 1 }, { a: 2, b: 3 }]) fs.push(() => a + b); return fs.map(f => f())

//# functions with side effects run in order
const log = []; const t = x => { log.push(x); return x }; t(1) + t(2) * t(3); [t(4), t(5)]; ({ a: t(6), b: t(7) }); return log

//# a function of the library as a value
return ['1', '2', '3'].map(Number).concat([1.5, -2.5].map(Math.trunc), [0, 1, ''].filter(Boolean))

//# calling a value that is no function
try { let x = 5; let f = x > 3 ? undefined : () => 1; return f() } catch (e) { return e instanceof TypeError }

//# a variable that is not there yet
try { const f = () => x; f(); let x = 1 } catch (e) { return e instanceof ReferenceError }

//# typeof of what is not declared
return [typeof nothing, typeof typeof 1, typeof (() => 1), typeof null]

//# deep closures
let a = 1; return (() => (() => (() => { a++; return a })())())()

//# loops with functions that break
function find(xs, p) { for (const x of xs) if (p(x)) return x } return [find([1, 2, 3], x => x > 1), find([], x => x) === undefined]

//# void and commas
let i = 0; const x = (i++, i++, i); return [x, void 0 === undefined]

//# conditional function
const f = true ? a => a : null; return f?.(3)

//# this of a plain function is undefined
function f() { return this === undefined } return f()
