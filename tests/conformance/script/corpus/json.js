//# stringify
return [JSON.stringify({ a: 1, b: [true, null, 'x'] }), JSON.stringify('a"b\\\n'), JSON.stringify(1.5), JSON.stringify(null), JSON.stringify([])]

//# undefined and functions are left out
return [JSON.stringify({ a: undefined, f() {}, b: 1 }), JSON.stringify([undefined, () => 1]), JSON.stringify(undefined) === undefined, JSON.stringify(() => 1) === undefined]

//# indentation by a number
return JSON.stringify({ a: [1, { b: 2 }], c: {}, d: [] }, null, 2)

//# indentation by a text
return [JSON.stringify([1, [2]], null, '--'), JSON.stringify({ a: 1 }, null, 20), JSON.stringify({ a: 1 }, null, 0), JSON.stringify([1], null, '')]

//# a list of names
return JSON.stringify({ b: 1, a: { b: 2, c: 3 }, c: 4, 1: 5 }, ['c', 'a', 'b', 1])

//# a replacer function
return JSON.stringify({ a: 1, b: 'x', c: [1, 2] }, (k, v) => typeof v === 'number' ? v * 10 : v)

//# a replacer that leaves out
return JSON.stringify({ a: 1, b: { a: 2, c: 3 } }, (k, v) => k === 'a' ? undefined : v)

//# a replacer sees keys and its this
const keys = []
JSON.stringify({ a: [5] }, function (k, v) { keys.push(k + ':' + typeof this); return v })
return keys

//# toJSON
const o = { toJSON(k) { return 'k=' + k } }
return JSON.stringify({ x: o, l: [o] })

//# order of keys
return JSON.stringify({ z: 1, 2: 1, a: 1, 1: 1 })

//# control characters and others
return [JSON.stringify('\u0000\u001f\u007f\u2028'), JSON.stringify('é😀/'), JSON.stringify('\b\f\t')]

//# parse
return [JSON.parse('{"a":[1,2.5,-3e2,true,null,"x"]}'), JSON.parse(' 5 '), JSON.parse('"\\u0041\\n"')]

//# parse with a reviver
return [JSON.parse('{"a":1,"b":[2,3]}', (k, v) => typeof v === 'number' ? v + 1 : v), JSON.parse('{"a":1,"b":2}', (k, v) => k === 'a' ? undefined : v)]

//# the reviver works from the inside out
const keys = []
JSON.parse('{"a":{"b":1},"c":[2]}', (k, v) => { keys.push(k); return v })
return keys

//# bad texts are an error
const r = []
for (const s of ['{', '[1,]', "{'a':1}", 'undefined', '01', '', '{"a":1,}', 'nul']) { try { JSON.parse(s); r.push('no') } catch (e) { r.push(e.name) } }
return r

//# there and back
const o = { a: [1, { b: null }], c: 'x', d: true, e: {} }
return JSON.stringify(JSON.parse(JSON.stringify(o))) === JSON.stringify(o)

//# numbers keep their digits
//= decimal ["0.1234567890123456789", 12345678901234567890]
return [JSON.stringify(0.1234567890123456789), JSON.parse('12345678901234567890')]

//# a cycle is an error
const o = {}
o.o = o
try { JSON.stringify(o); return 'no' } catch (e) { return 'caught' }

//# nested quotes
return JSON.parse(JSON.stringify({ s: JSON.stringify({ q: '"' }) }))

//# a deep copy
const a = { l: [1] }, b = JSON.parse(JSON.stringify(a))
b.l.push(2)
return [a, b]
