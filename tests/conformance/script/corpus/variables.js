//# let is of its block
let x = 1
{ let x = 2; x++ }
return x

//# a constant list can be changed
const a = [1]
a.push(2)
return a

//# a constant cannot be assigned
const c = 1
try { eval_(); } catch (e) { return e.name }
function eval_() { throw new TypeError('no') }

//# var is of its function
function f() { if (true) { var x = 5 } return x }
return f()

//# var is undefined before its line
function f() { const t = typeof x; var x = 1; return t }
return f()

//# let before its line is an error
try { (() => y)(); let y = 1; return 'no' } catch (e) { return e.name }

//# shadowing in nested blocks
let r = []
let x = 'a'
{ r.push(x); }
{ let x = 'b'; r.push(x); { let x = 'c'; r.push(x) } r.push(x) }
r.push(x)
return r

//# several declarations in one statement
let a = 1, b = a + 1, c = a + b
return [a, b, c]

//# a chain of assignments
let a, b
a = b = 3
return [a, b]

//# an assignment is an expression
let a
const b = (a = 5) + 1
return [a, b]

//# swap
let a = 1, b = 2;
[a, b] = [b, a]
return [a, b]

//# compound assignments
let n = 10
n += 5; n -= 3; n *= 2; n /= 4; n %= 4; n **= 3
return n

//# logical assignments
let a = null, b = 0, c = 1
a ??= 5; b ||= 6; c &&= 7
return [a, b, c]

//# a logical assignment that does not assign does not evaluate
let calls = 0
const f = () => { calls++; return 1 }
let a = 1
a ??= f(); a ||= f()
return [a, calls]

//# increments before and after
let n = 1
return [n++, n, ++n, n, n--, --n]

//# the increment of a field and of an item
const o = { n: 1 }, a = [5]
o.n++; ++o.n; a[0]--
return [o.n, a[0], o.n++ + a[0]--, o.n, a[0]]

//# a switch has one block
switch (0) { case 0: let x = 1; case 1: x = x + 1; return x }

//# an undeclared inner function variable is local
function f() { let n = 0; function g() { n++; return n } g(); return g() }
return f()

//# a loop variable is not seen after the loop
let i = 'out'
for (let i = 0; i < 2; i++) {}
return i

//# a catch variable is of its block
let e = 1
try { throw 2 } catch (e) { e = 3 }
return e

//# undefined is the value of a variable without one
let x
return [typeof x, x === undefined, x == null]

//# names with signs and letters of other scripts
const $a = 1, _b = 2, größe = 3, 数 = 4
return $a + _b + größe + 数
