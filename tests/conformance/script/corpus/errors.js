//# an Error has a name and a message
const e = new Error('bad')
return [e.name, e.message, String(e), e instanceof Error, `${e}`]

//# the kinds of errors
return [TypeError, RangeError, ReferenceError, SyntaxError].map((C) => { const e = new C('m'); return [e.name, e.message, String(e), e instanceof C, e instanceof Error] })

//# an Error without a message
return [new Error().message, String(new Error()), String(new TypeError())]

//# cause
const e = new Error('outer', { cause: new Error('inner') })
return [e.cause.message, new Error('x').cause === undefined]

//# Error without new
const e = Error('m')
return [e.message, e instanceof Error]

//# an Error as a value
const e = new Error('m')
e.code = 42
e.name = 'Mine'
return [e.code, String(e), Object.keys(e)]

//# an Error of its own class
class AppError extends Error { constructor(m, code) { super(m); this.name = 'AppError'; this.code = code } }
const e = new AppError('m', 7)
return [String(e), e.code, e instanceof AppError, e instanceof Error, e instanceof TypeError]

//# a class of errors without a constructor
class E extends TypeError {}
const e = new E('m')
return [e.message, e.name, e instanceof E, e instanceof TypeError, e.constructor === E]

//# rethrown errors are the same
let a, b
try { try { throw a = new Error('x') } catch (e) { throw e } } catch (e) { b = e }
return a === b

//# choosing by the kind
const f = (g) => { try { return g() } catch (e) { if (e instanceof RangeError) return 'range'; if (e instanceof TypeError) return 'type'; throw e } }
return [f(() => { throw new RangeError() }), f(() => null.x), f(() => 5)]

//# errors are no JSON
return [JSON.stringify(new Error('x')), Object.keys(new Error('x'))]

//# a message is a text
return [new Error(5).message === '5', typeof new Error('x').message]

//# errors of null and of missing functions
const name = (f) => { try { f(); return 'no' } catch (e) { return e.name } }
const o = { a: null }
return [name(() => o.a.b), name(() => o.b.c), name(() => o.b()), name(() => { o.a.b = 1 }), name(() => [].x.y), name(() => { const f = 5; f() })]

//# errors of numbers
const name = (f) => { try { f(); return 'no' } catch (e) { return e.name } }
return [name(() => (1).toFixed(101)), name(() => (1).toString(1)), name(() => 'a'.repeat(-1)), name(() => (5).toPrecision(0))]

//# assertion helper
const assert = (c, m) => { if (!c) throw new Error(m ?? 'failed') }
try { assert(1 === 1); assert(false, 'no way') } catch (e) { return e.message }

//# a stack of handlers
const log = []
const run = (fs) => { for (const f of fs) { try { log.push(f()) } catch (e) { log.push('E:' + e) } finally { log.push('.') } } }
run([() => 1, () => { throw 'x' }, () => 2])
return log

//# an error in a getter, a setter and a constructor
const r = []
const o = { get a() { throw 'g' }, set b(v) { throw 's' + v } }
class C { constructor() { throw 'c' } }
for (const f of [() => o.a, () => { o.b = 1 }, () => new C()]) { try { f() } catch (e) { r.push(e) } }
return r

//# an error in a default, a spread, a template
const bad = () => { throw 'x' }
const r = []
for (const f of [() => ((a = bad()) => a)(), () => [...bad()], () => `${bad()}`, () => ({ [bad()]: 1 })]) { try { f() } catch (e) { r.push(e) } }
return r

//# an error in a comparison leaves the list
const a = [3, 1, 2]
try { a.sort(() => { throw 'x' }) } catch {}
return a

//# an uncaught throw
throw new Error('out')

//# an uncaught throw of a text
throw 'out'

//# an uncaught error of the language
return null.x
