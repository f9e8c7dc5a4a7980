//# throw and catch
try { throw new Error('no') } catch (e) { return [e.message, e.name, e instanceof Error] }

//# any value can be thrown
const out = []; for (const v of [1, 'a', null, { a: 1 }, [2]]) { try { throw v } catch (e) { out.push(e) } } return out

//# finally always runs
const log = []; function f(n) { try { if (n == 1) return 'r'; if (n == 2) throw 't'; log.push('b') } catch (e) { log.push(e); return 'c' } finally { log.push('f') } return 'end' } return [f(0), f(1), f(2), log]

//# return in finally wins
function f() { try { return 1 } finally { return 2 } } return f()

//# a value is computed before finally
function f() { let x = 1; try { return x } finally { x = 2 } } return f()

//# break and continue through finally
const log = []; for (const i of [1, 2, 3]) { try { if (i == 1) continue; if (i == 3) break; log.push(i) } finally { log.push('f' + i) } } return log

//# nested try
const log = []; try { try { throw 1 } finally { log.push('in') } } catch (e) { log.push('out' + e) } return log

//# rethrow
try { try { throw new Error('a') } catch (e) { throw new Error(e.message + 'b') } } catch (e) { return e.message }

//# a throw in finally replaces
try { try { throw 1 } finally { throw 2 } } catch (e) { return e }

//# catch without a name
let x = 0; try { throw 1 } catch { x = 1 } return x

//# catch with a pattern
try { throw { code: 3, message: 'm' } } catch ({ code, message: m = 'x', other = 9 }) { return [code, m, other] }

//# an error passes through functions
function a() { b() } function b() { throw new RangeError('deep') } try { a() } catch (e) { return [e.name, e.message, e instanceof RangeError, e instanceof TypeError] }

//# an error passes through callbacks
try { [1, 2].forEach(x => { if (x == 2) throw new Error('at ' + x) }) } catch (e) { return e.message }

//# an error in a comparator
try { [2, 1].sort(() => { throw 'c' }) } catch (e) { return e }

//# a field of null is a TypeError
try { null.x } catch (e) { return e instanceof TypeError }

//# a field of undefined is a TypeError
const o = {}; try { o.a.b } catch (e) { return [e instanceof TypeError, e instanceof Error] }

//# a constant in a catch is fresh
const fs = []; for (const i of [1, 2]) { try { throw i } catch (e) { fs.push(() => e) } } return fs.map(f => f())

//# effects before a throw stay
const xs = []; try { xs.push(1); throw 0; } catch { xs.push(2) } return xs

//# errors have a cause
try { throw new Error('a', { cause: 'b' }) } catch (e) { return [e.message, e.cause] }

//# an error without a message
const e = new Error(); return [e.message, e.name]

//# String of an error
return [String(new Error('a')), `${new TypeError('b')}`]

//# JSON.parse throws a SyntaxError
try { JSON.parse('{') } catch (e) { return e instanceof SyntaxError }

//# throw in a loop inside of a function with finally
let n = 0; function f() { for (let i = 0; i < 5; i++) { try { if (i == 3) return i } finally { n += i } } } return [f(), n]

//# labels and finally
const log = []; outer: for (let i = 0; i < 2; i++) { for (;;) { try { continue outer } finally { log.push(i) } } } return log

//# a function in catch sees outer variables
let s = ''; try { throw 'a' } catch (e) { [1, 2].forEach(x => { s += e + x }) } return s

//# return from within try inside of a loop keeps the outer state
function first(xs) { for (const x of xs) { try { if (x > 1) return x } catch (e) { return e } } return null } return first([1, 2, 3])

//# deep recursion is unwound to the catch
function f(n) { if (n == 0) throw n; f(n - 1) } try { f(30) } catch (e) { return e }

//# a try inside of a catch
try { throw 1 } catch (a) { try { throw 2 } catch (b) { return [a, b] } }

//# finally without catch after return of a call
const log = []; function g() { log.push('g'); return 1 } function f() { try { return g() } finally { log.push('f') } } f(); return log
