//# if without braces
let r = ''
if (1) r += 'a'
else r += 'b'
if (0) r += 'c'; else if (1) r += 'd'; else r += 'e'
return r

//# while, do while
let n = 0, m = 0
while (n < 5) n++
do m++; while (m < 0)
return [n, m]

//# for with no parts
let i = 0
for (;;) { if (i >= 3) break; i++ }
return i

//# continue in a for loop runs the step
const r = []
for (let i = 0; i < 5; i++) { if (i % 2) continue; r.push(i) }
return r

//# continue in a do loop tests the condition
let n = 0, seen = 0
do { n++; if (n === 2) continue; seen++ } while (n < 4)
return [n, seen]

//# break to a label
const r = []
outer: for (let i = 0; i < 3; i++) { for (let j = 0; j < 3; j++) { if (j === 1 && i === 1) break outer; r.push([i, j]) } }
return r

//# continue to a label
const r = []
outer: for (let i = 0; i < 3; i++) { for (let j = 0; j < 3; j++) { if (j === 1) continue outer; r.push([i, j]) } }
return r

//# continue to a label from a switch within a loop
const r = []
loop: for (const x of [1, 2, 3]) { switch (x) { case 2: continue loop; default: r.push(x) } r.push('after') }
return r

//# break of a labelled block
let r = 'a'
block: { r += 'b'; if (r) break block; r += 'c' }
return r

//# break of a label from a nested while
let n = 0
a: while (true) { b: while (true) { n++; if (n > 3) break a; continue b } }
return n

//# switch falls through
const f = (x) => { const r = []; switch (x) { case 1: r.push(1); case 2: r.push(2); break; case 3: r.push(3); default: r.push('d') } return r }
return [f(1), f(2), f(3), f(4)]

//# default in the middle
const f = (x) => { let r = ''; switch (x) { case 1: r += 'a'; default: r += 'd'; case 2: r += 'b' } return r }
return [f(1), f(2), f(3)]

//# switch compares strictly
const f = (x) => { switch (x) { case '1': return 'text'; case 1: return 'number'; case null: return 'null'; case undefined: return 'undefined' } }
return [f(1), f('1'), f(null), f(undefined)]

//# switch on true
const f = (n) => { switch (true) { case n < 0: return 'neg'; case n > 0: return 'pos'; default: return 'zero' } }
return [f(-1), f(0), f(1)]

//# the tests of a switch run in order until one is equal
const log = []
const t = (x) => { log.push(x); return x }
switch (2) { case t(1): case t(2): case t(3): }
return log

//# switch without a match
let r = 'none'
switch (5) { case 1: r = 'one' }
return r

//# break in a switch in a loop leaves the switch
let n = 0
for (let i = 0; i < 3; i++) { switch (i) { case 1: break } n++ }
return n

//# return from a nested loop
const f = () => { for (const a of [1, 2]) for (const b of [3, 4]) if (a + b === 5) return [a, b] }
return f()

//# for-of over a text goes by characters
const r = []
for (const c of 'aé😀') r.push(c)
return r

//# for-of over a Set, a Map and its parts
const m = new Map([['a', 1]]), r = []
for (const x of new Set([1, 1, 2])) r.push(x)
for (const x of m) r.push(x)
for (const x of m.keys()) r.push(x)
for (const x of m.values()) r.push(x)
return r

//# for-of over what grows
const a = [1, 2]
let n = 0
for (const x of a) { if (a.length < 5) a.push(x * 10); n++ }
return [n, a]

//# for-of over entries
const r = []
for (const [i, x] of ['a', 'b'].entries()) r.push(i + x)
return r

//# for-in gives whole numbers first
const r = []
for (const k in { b: 1, 2: 1, a: 1, 1: 1 }) r.push(k)
return r

//# for-in over a list gives texts
const r = []
for (const i in ['x', 'y']) r.push(typeof i + i)
return r

//# for-in with a variable that is there
let k
for (k in { a: 1, b: 2 }) {}
return k

//# for-of with a field as its variable
const o = {}
for (o.x of [1, 2, 3]) {}
return o.x

//# try and catch
try { throw 'x' } catch (e) { return 'caught ' + e }

//# catch without a name
try { throw 1 } catch { return 'ok' }

//# finally runs always
const r = []
const f = (bad) => { try { r.push('try'); if (bad) throw 1; return 'r' } catch (e) { r.push('catch'); return 'c' } finally { r.push('finally') } }
return [f(false), f(true), r]

//# return in finally overrides
const f = () => { try { return 1 } finally { return 2 } }
return f()

//# return in finally swallows the error
const f = () => { try { throw 1 } finally { return 2 } }
return f()

//# break in finally swallows the error
let r = 'a'
for (;;) { try { throw 1 } finally { r = 'b'; break } }
return r

//# continue in finally
let n = 0
for (let i = 0; i < 3; i++) { try { n++; continue } finally { n += 10 } }
return n

//# the value to return is computed before finally
let x = 1
const f = () => { try { return x } finally { x = 2 } }
return [f(), x]

//# finally with a throw of its own
try { try { throw 'a' } finally { throw 'b' } } catch (e) { return e }

//# nested try, rethrown
const r = []
try { try { throw 1 } catch (e) { r.push('in' + e); throw e + 1 } finally { r.push('f') } } catch (e) { r.push('out' + e) }
return r

//# break out of try runs finally
const r = []
for (const i of [1, 2, 3]) { try { if (i === 2) break; r.push(i) } finally { r.push('f' + i) } }
return r

//# break to a label through two finally blocks
const r = []
a: { try { try { break a } finally { r.push(1) } } finally { r.push(2) } r.push('no') }
return r

//# an error in a callback goes through
try { [1, 2, 3].forEach((x) => { if (x === 2) throw new Error('at ' + x) }) } catch (e) { return e.message }

//# an error from a deep call
const f = (n) => { if (n === 0) throw new RangeError('deep'); f(n - 1) }
try { f(5) } catch (e) { return [e.name, e.message] }

//# effects before the throw stay
const a = []
try { a.push(1); throw 0 } catch {}
return a

//# throw of any value
const r = []
for (const v of [1, 'a', null, undefined, { x: 1 }, [2]]) { try { throw v } catch (e) { r.push(e === undefined ? 'u' : e) } }
return r

//# errors of the language are caught
const r = []
for (const f of [() => null.x, () => undefined.f(), () => (5)(), () => { const o = {}; o.f() }]) { try { f(); r.push('no') } catch (e) { r.push(e.name) } }
return r

//# empty statements and blocks
;;;
{}
{ ; }
for (let i = 0; i < 3; i++);
return 'ok'

//# a labelled statement that is not a loop
l: if (true) { break l }
return 'ok'

//# dangling else
const f = (a, b) => { if (a) if (b) return 1; else return 2; return 3 }
return [f(1, 1), f(1, 0), f(0, 0)]

//# nested loops with the same variable name
const r = []
for (let i = 0; i < 2; i++) { for (let i = 0; i < 2; i++) r.push(i); r.push('o' + i) }
return r
