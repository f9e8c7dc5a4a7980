//# sums of decimals are exact
//= decimal [0.3, true, 0.7]
return [0.1 + 0.2, 0.1 + 0.2 === 0.3, 0.8 - 0.1]

//# products of decimals are exact
//= decimal [3.3, 1.21, 0.01]
return [1.1 * 3, 1.1 * 1.1, 0.1 * 0.1]

//# a third has 34 digits
//= decimal [0.3333333333333333333333333333333333, 0.6666666666666666666666666666666667]
return [1 / 3, 2 / 3]

//# large whole numbers are exact
//= decimal [9007199254740993, 100000000000000000000001]
return [2 ** 53 + 1, 10 ** 23 + 1]

//# large numbers are written in full
//= notation ["1000000000000000000000", "0.0000001"]
return [String(1e21), String(1e-7)]

//# there is one zero
//= negative-zero [true, "0"]
return [Object.is(-0, 0), (-0.4).toFixed(0)]

//# halves are halves
//= decimal ["1.01", "10.24", "8.35"]
return [(1.005).toFixed(2), (10.235).toFixed(2), (8.345).toFixed(2)]

//# toFixed
return [(1.5).toFixed(0), (2.25).toFixed(1), (3).toFixed(2), (-1.5).toFixed(0), (0).toFixed(2), (1234.5678).toFixed(2), (0.5).toFixed(0)]

//# toString with a radix
return [(255).toString(16), (255).toString(2), (-10).toString(3), (35).toString(36), (0).toString(2), (10).toString()]

//# toPrecision
return [(123.456).toPrecision(4), (0.000123).toPrecision(2), (1234.5).toPrecision(2), (1).toPrecision(3), (0).toPrecision(2), (99.99).toPrecision(3)]

//# toExponential
return [(12345).toExponential(), (12345).toExponential(2), (0.00015).toExponential(1), (0).toExponential(2), (-5).toExponential(0)]

//# parseInt
return [parseInt('42'), parseInt('42px'), parseInt('  -7 '), parseInt('0x1f'), parseInt('11', 2), parseInt('zz', 36), parseInt('3.9'), parseInt('08'), parseInt('+5'), parseInt(7.9)]

//# parseFloat
return [parseFloat('3.14'), parseFloat('3.14abc'), parseFloat('.5'), parseFloat('-1e3x'), parseFloat('  2 '), parseFloat('5.'), parseFloat('1e'), parseFloat('0x10')]

//# Number of texts and others
return [Number('42'), Number(' 4.5\n'), Number(''), Number('0x1F'), Number('0b11'), Number('1e3'), Number(true), Number(false), Number(null), Number('-.5'), Number()]

//# Number.isInteger and its kin
return [Number.isInteger(5), Number.isInteger(5.5), Number.isInteger('5'), Number.isSafeInteger(2 ** 53), Number.isSafeInteger(2 ** 53 - 1), Number.isFinite(5), Number.isFinite('5')]

//# constants
return [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]

//# remainder and truncation
return [7 % 3, -7 % 3, Math.trunc(-7 / 3), Math.floor(-7 / 3), 2 ** 40 % 1000]

//# rounding
return [Math.round(2.5), Math.round(-2.5), Math.round(-2.6), Math.round(0.4), Math.round(2.4999), Math.ceil(1.1), Math.ceil(-1.1), Math.floor(1.9), Math.trunc(-1.9)]

//# Math of several numbers
return [Math.max(1, 5, 3), Math.min(4, -2), Math.max(...[1, 2]), Math.hypot(3, 4), Math.hypot(), Math.abs(-5), Math.sign(-3), Math.sign(0)]

//# powers and roots
return [Math.pow(2, 10), Math.sqrt(144), Math.cbrt(27), 4 ** 0.5, Math.pow(9, 0.5), 2 ** -2, 0 ** 0]

//# logarithms of round numbers
return [Math.log10(1000), Math.log2(8), Math.log(1), Math.exp(0), Math.log1p(0), Math.expm1(0)]

//# logarithms and exponentials
//= about
return [Math.log(10), Math.log2(3), Math.log10(2), Math.exp(1), Math.log1p(0.5), Math.expm1(0.5), Math.sqrt(2), Math.cbrt(2)]

//# angles
//= about
return [Math.sin(1), Math.cos(1), Math.tan(1), Math.asin(0.5), Math.acos(0.5), Math.atan(2), Math.atan2(1, -2), Math.PI, Math.E]

//# hyperbolic functions
//= about
return [Math.sinh(1), Math.cosh(1), Math.tanh(0.5), Math.asinh(1), Math.acosh(2), Math.atanh(0.5)]

//# constants of Math
//= about
return [Math.LN2, Math.LN10, Math.LOG2E, Math.LOG10E, Math.SQRT2, Math.SQRT1_2]

//# angles of round numbers
return [Math.sin(0), Math.cos(0), Math.tan(0), Math.atan(0), Math.asin(0), Math.acos(1), Math.atan2(0, 1)]

//# integer division and digits
const digits = (n) => n < 10 ? [n] : [...digits(Math.floor(n / 10)), n % 10]
return digits(90210)

//# greatest common divisor
const gcd = (a, b) => b ? gcd(b, a % b) : a
return [gcd(48, 18), gcd(17, 5), 48 * 18 / gcd(48, 18)]

//# primes
const sieve = (n) => { const p = Array.from({ length: n + 1 }, () => true); p[0] = p[1] = false; for (let i = 2; i * i <= n; i++) if (p[i]) for (let j = i * i; j <= n; j += i) p[j] = false; return p.map((x, i) => x ? i : 0).filter(Boolean) }
return sieve(50)

//# binary by hand
const bin = (n) => n === 0 ? '' : bin(Math.trunc(n / 2)) + n % 2
return [bin(10), (10).toString(2), parseInt('1010', 2)]

//# numbers as texts
return [String(1.50), `${1e3}`, 1e3 + '', (0.1).toString(), String(100), String(1_000), String(-5.25)]

//# comparison of numbers
return [1 < 2, 2 > 10, -1 < 0, 1.5 >= 1.5, 0.1 < 0.2]

//# compound interest
//= decimal [1628.894626777441406250, 1628.89]
let a = 1000
for (let i = 0; i < 10; i++) a *= 1.05
return [a, Number(a.toFixed(2))]

//# a bill in cents is exact in both
const items = [1999, 501, 250]
const sum = items.reduce((a, b) => a + b, 0)
return [sum, (sum / 100).toFixed(2), Math.round(sum * 19 / 100)]

//# the safe range of integers
return [2 ** 53 - 1, -(2 ** 53) + 1, 2 ** 31, 2 ** 32 - 1]

//# counting in steps of a tenth ends where it should
//= decimal [10, 1]
let n = 0, x = 0
while (x < 1) { x += 0.1; n++ }
return [n, x]
