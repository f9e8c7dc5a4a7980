//# arithmetic
return [7 + 2, 7 - 2, 7 * 2, 7 / 2, 7 % 2, -7 % 3, 2 ** 10, 2 ** 3 ** 2]

//# precedence
return [1 + 2 * 3, (1 + 2) * 3, -(2 ** 2), 2 * 3 % 4, 10 - 2 - 3]

//# plus with a text joins
return ['a' + 1, 1 + 'a', 'a' + true, 'a' + null, 'a' + undefined, 1 + 2 + 'a', 'a' + 1 + 2]

//# plus with a list or record in a text
return ['' + [1, 2], '' + [], '' + {}, '' + [[1, 2], [3]], '' + [null, undefined]]

//# strict equality
return [1 === 1, '1' === 1, null === null, undefined === undefined, 'a' === 'a', [] === []]

//# null and undefined are loosely equal
return [null == undefined, null != undefined, undefined == null, 0 == null]

//# ordering of numbers and texts
return [1 < 2, 2 <= 2, 'a' < 'b', 'B' < 'a', 'a' < 'aa', '10' < '9', 10 > 9]

//# logical operators give one of their operands
return [0 || 'a', 1 && 'b', null ?? 'c', 0 ?? 'd', '' || 'e', 'x' && 0]

//# logical operators do not evaluate what does not matter
const log = []
const t = (x) => { log.push(x); return x }
t(0) && t(1); t(1) || t(2); t(3) ?? t(4)
return log

//# truth
return [!!0, !!'', !!null, !!undefined, !!'0', !![], !!{}, !!-1, !!'false']

//# the conditional operator
const f = (n) => n < 0 ? 'neg' : n === 0 ? 'zero' : 'pos'
return [f(-1), f(0), f(1)]

//# comma
let a = 0
const b = (a++, a++, a + 10)
return [a, b]

//# typeof
return [typeof 1, typeof 'a', typeof true, typeof undefined, typeof null, typeof {}, typeof [], typeof (() => 1)]

//# void
return typeof void 0

//# in
const o = { a: undefined }
return ['a' in o, 'b' in o, 'length' in [], 1 in [5, 6], 2 in [5, 6]]

//# delete
const o = { a: 1, b: 2 }
return [delete o.a, o, 'a' in o, delete o.nothing]

//# delete of a computed key
const o = { x1: 1, x2: 2 }, k = 'x1'
delete o[k]
delete o['x' + 2]
return Object.keys(o)

//# bits
return [5 & 3, 5 | 3, 5 ^ 3, ~5, 1 << 4, -16 >> 2, -1 >>> 28, 2 ** 32 + 5 | 0, 1 << 33]

//# bits in assignments
let n = 12
n &= 10; n |= 1; n ^= 3; n <<= 2; n >>= 1
return n

//# unary plus and minus
return [+'5', +true, +'', +' 12 ', +null, -(-4), - -3]

//# increments give numbers
let s = 5
const t = s++ + ++s
return [s, t]

//# optional chains
const o = { a: { b: null, f() { return 1 } } }
return [o?.a?.b?.c, o.x?.y.z.w, o.a.f?.(), o.nothing?.(), o.x?.['y']].map((x) => x === undefined ? 'u' : x)

//# an optional chain ends all of it
let calls = 0
const f = () => { calls++; return 1 }
const o = null
const r = o?.a[f()].b(f())
return [r === undefined, calls]

//# an optional call keeps this
const o = { n: 5, f() { return this.n } }
return [o?.f(), o.f?.(), o['f']?.()]

//# brackets end a chain
const o = null
try { return (o?.a).b } catch (e) { return e.name }

//# delete in an optional chain
const o = { a: { b: 1 } }, n = null
return [delete o?.a?.b, delete n?.x, o]

//# nullish and conditional mixed
const o = { n: 0 }
return [o.n ?? 5, o.m ?? 5, (o.m ?? 0) ? 'y' : 'n']

//# exponent is right associative and binds before the product
return [2 ** -1, (-2) ** 2, 2 * 3 ** 2, 4 ** 0.5]

//# remainder has the sign of the dividend
return [5 % 3, -5 % 3, 5 % -3, 5.5 % 2, 0 % 5]

//# evaluation order of a compound assignment
const log = []
const o = { get a() { log.push('get'); return 1 }, set a(v) { log.push('set' + v) } }
const key = () => { log.push('key'); return 'a' }
o[key()] += (log.push('right'), 5)
return log

//# evaluation order of operands
const log = []
const t = (x) => { log.push(x); return x }
t(1) + t(2) * t(3)
return log

//# assignment to a field of what a call gives
const o = {}
const f = () => o
f().x = 1
f()['y'] = 2
return o

//# a sequence in a loop
const r = []
for (let i = 0, j = 10; i < j; i += 3, j -= 2) r.push([i, j])
return r

//# instanceof
class A {}
class B extends A {}
return [new B() instanceof A, new A() instanceof B, [] instanceof Array, new Map() instanceof Map, {} instanceof Object, new Error() instanceof Error, new TypeError() instanceof Error]

//# instanceof of what is no object
return [5 instanceof Object, null instanceof Object, 'a' instanceof Object]

//# comparison of a list with its text
return [String([1, 2]) === '1,2', [1, 2].toString(), String(null), String(undefined), String(true)]

//# a number in a condition that is a list
return [] ? 'true' : 'false'

//# chained comparisons with brackets
const between = (a, x, b) => a <= x && x <= b
return [between(1, 2, 3), between(1, 5, 3)]

//# numbers in several notations
return [0x1f, 0o17, 0b101, 1e3, 1.5e-3, .5, 5., 1_000_000]

//# a text that looks like code
return 'return 1; // no' + "it's" + "\"q\"" + 'tab\there'

//# escapes in texts
return ['\x41\u0042\u{43}', '\n'.length, 'a\
b', '\0'.length, '\'']
