//# lines end statements
let a = 1
let b = 2
return a + b

//# a line that goes on with an operator
const a = 1
  + 2
  * 3
return a

//# a chain over lines
return [3, 1, 2]
  .map((x) => x * 2)
  .filter((x) => x > 2)
  .join('-')

//# return ends at its line
const f = () => {
  return
  1
}
return typeof f()

//# an increment after a line break belongs to the next line
let a = 1, b = 2
a
++b
return [a, b]

//# brackets at the start of a line go on
const f = (x) => x
const a = f
(5)
return a

//# a list at the start of a line goes on
const l = [1, 2, 3]
const x = l
[1]
return x

//# a template at the start of a line after a semicolon
const a = 1;
`x`
return a

//# a semicolon is not needed before a brace
const f = () => { return 5 }
return f()

//# do while needs no semicolon
let n = 0
do n++; while (n < 3) n += 10
return n

//# a comment counts as a line break
let a = 1 /* a
comment */ let b = 2
return a + b

//# a condition over lines
const ok = true &&
  !false ||
  false
return ok ?
  'yes' :
  'no'

//# an arrow's body over lines
const f = (a,
           b) =>
  a + b
return f(1,
  2)

//# keywords as names of fields
const o = { if: 1, class: 2, return: 3, new: 4, of: 5, get: 6, set: 7, static: 8, async: 9 }
return [o.if, o.class, o.return, o.new, o.of, o.get, o.set, o.static, o.async]

//# words that are no keywords as names
let of = 1, get = 2, set = 3, from = 4, as = 5
return of + get + set + from + as

//# a division is no pattern
let a = 12, g = 2
return a / 2 / g

//# a pattern after a return
return /a/.test('cat')

//# a throw with its value on the line
try { throw { a: 1 } } catch ({ a }) { return a }

//# braces at the start of a statement are a block
let r = 1
{ r = 2 }
return r

//# HTML-like comparison of a decrement
let n = 3, r = 0
while (n --> 0) r++
return r
