//# push, pop, shift, unshift
const a = [2]
return [a.push(3, 4), a.unshift(0, 1), a.pop(), a.shift(), a, [].pop() === undefined, [].shift() === undefined, a.push()]

//# splice
const a = [1, 2, 3, 4, 5]
return [a.splice(1, 2), a, a.splice(-1), a, a.splice(1, 0, 'x', 'y'), a, a.splice(0, 1, 'z'), a, a.splice(), a, a.splice(10, 1, 'end'), a]

//# splice with a count that is undefined or negative
const a = [1, 2, 3]
return [a.splice(0, undefined), a.splice(0, -1), a]

//# slice
const a = [1, 2, 3, 4]
return [a.slice(), a.slice(1), a.slice(1, 3), a.slice(-2), a.slice(-3, -1), a.slice(3, 1), a.slice(9), a.slice() === a]

//# concat
return [[1].concat(2, [3], [[4]]), [].concat(), [1].concat([2, 3], 'a')]

//# join
return [[1, 2].join(), [1, 2].join(''), [1, null, undefined, [2, [3]]].join('-'), [].join(), [1].join('x')]

//# reverse changes the list, toReversed does not
const a = [1, 2, 3]
return [a.toReversed(), a, a.reverse() === a, a]

//# indexOf, lastIndexOf, includes
const a = [1, 2, 1, '1', null]
return [a.indexOf(1), a.indexOf(1, 1), a.lastIndexOf(1), a.lastIndexOf(1, 1), a.indexOf('1'), a.includes(null), a.includes(undefined), a.indexOf(9), a.includes(1, -2), a.indexOf(1, -100), a.lastIndexOf(1, -5)]

//# find and its kin
const a = [5, 12, 8, 130, 44]
return [a.find((x) => x > 10), a.findIndex((x) => x > 10), a.findLast((x) => x > 10), a.findLastIndex((x) => x < 10), a.find((x) => x > 999) === undefined, a.findIndex((x) => x > 999)]

//# filter and map
return [[1, 2, 3, 4].filter((x) => x % 2), [1, 2].map((x) => x * x), ['a', 'b'].map((x, i) => x + i)]

//# flatMap and flat
return [[1, 2].flatMap((x) => [x, x * 10]), [1, [2, [3, [4]]]].flat(), [1, [2, [3, [4]]]].flat(2), [1, [2]].flat(0), [[], [1]].flat(), [1, 2].flatMap((x) => [[x]])]

//# forEach gives undefined
let s = 0
const r = [1, 2, 3].forEach((x, i, all) => { s += x * i + all.length })
return [r === undefined, s]

//# reduce
return [[1, 2, 3].reduce((a, b) => a + b), [1, 2, 3].reduce((a, b) => a + b, 10), ['a', 'b'].reduceRight((a, b) => a + b), [5].reduce(() => 0), [].reduce(() => 0, 'start')]

//# reduce gives position and list
const log = []
;[7, 8].reduce((a, x, i, l) => { log.push([a, x, i, l.length]); return a + x }, 0)
return log

//# reduce without a first value starts at 1
const log = []
;[7, 8, 9].reduce((a, x, i) => { log.push(i); return a })
;[7, 8, 9].reduceRight((a, x, i) => { log.push(i); return a })
return log

//# reduce of an empty list is an error
try { [].reduce((a, b) => a); return 'no' } catch (e) { return 'caught' }

//# some and every
const even = (x) => x % 2 === 0
return [[1, 2].some(even), [1, 3].some(even), [2, 4].every(even), [2, 3].every(even), [].some(even), [].every(even)]

//# some and every stop early
let n = 0
;[1, 2, 3].some((x) => { n++; return x === 2 })
;[1, 2, 3].every((x) => { n++; return x === 0 })
return n

//# sort by text
return [[10, 9, 1, 100].sort(), ['b', 'a'].sort(), [true, false].sort(), [3, undefined, 1, null].sort().map((x) => x === undefined ? 'u' : x)]

//# sort by a function
return [[10, 9, 1, 100].sort((a, b) => a - b), [10, 9, 1, 100].sort((a, b) => b - a), ['aa', 'b', 'cccc'].sort((a, b) => b.length - a.length)]

//# sort changes the list and gives it back
const a = [3, 1, 2], b = a.sort()
return [a === b, a, [3, 1].toSorted(), a.toSorted((x, y) => y - x), a]

//# sort is stable
const l = [{ k: 2, n: 1 }, { k: 1, n: 2 }, { k: 2, n: 3 }, { k: 1, n: 4 }, { k: 2, n: 5 }, { k: 1, n: 6 }]
return l.sort((a, b) => a.k - b.k).map((x) => x.n).join('')

//# sort of many items by two keys
const l = []
for (let i = 0; i < 50; i++) l.push({ a: (i * 7) % 5, b: (i * 13) % 11, i })
return l.sort((x, y) => x.a - y.a || y.b - x.b).map((x) => x.i)

//# undefined comes last and is not compared
let seen = 0
const r = [3, undefined, 1].sort((a, b) => { if (a === undefined || b === undefined) seen++; return b - a })
return [r.map((x) => x ?? 'u'), seen]

//# fill
return [[1, 2, 3].fill(0), [1, 2, 3].fill(9, 1), [1, 2, 3].fill(9, -1), [1, 2, 3].fill(9, 1, 2), Array.from({ length: 3 }).fill('x')]

//# at
return [[1, 2, 3].at(0), [1, 2, 3].at(-1), [1, 2, 3].at(5) === undefined, [1, 2, 3].at(-4) === undefined, [1, 2, 3].at(1.7)]

//# keys, values, entries
return [[...['a', 'b'].keys()], [...['a', 'b'].values()], [...['a', 'b'].entries()]]

//# copyWithin
return [[1, 2, 3, 4, 5].copyWithin(0, 3), [1, 2, 3, 4, 5].copyWithin(1, 0, 3), [1, 2, 3, 4, 5].copyWithin(-2, -3, -1)]

//# with and toSpliced
const a = [1, 2, 3]
return [a.with(0, 9), a.with(-1, 8), a.toSpliced(1, 1, 'x', 'y'), a.toSpliced(1), a]

//# with past the end is an error
try { [1].with(5, 0); return 'no' } catch (e) { return e.name }

//# Array.from
return [Array.from('abc'), Array.from([1, 2], (x) => x * 2), Array.from({ length: 3 }, (_, i) => i * i), Array.from(new Set([1, 1])), Array.from(new Map([[1, 2]])), Array.from({ length: 2 }).map((x) => x === undefined)]

//# Array.of and Array.isArray
return [Array.of(7), Array.of(1, 2), Array.isArray([]), Array.isArray({}), Array.isArray('a'), Array.isArray(new Set())]

//# length is set to shorten
const a = [1, 2, 3]
a.length = 1
return [a, a.length]

//# an item past the end is undefined
const a = [1]
return [a[5] === undefined, a[-1] === undefined, a['0'], a[0.5] === undefined]

//# an item at the end is appended
const a = []
a[0] = 1
a[a.length] = 2
return a

//# callbacks see changes made meanwhile
const a = [1, 2, 3], r = []
a.forEach((x, i) => { r.push(x); if (i === 0) { a[1] = 20; a.push(4) } })
return [r, a]

//# items removed meanwhile are not visited
const a = [1, 2, 3, 4], r = []
a.forEach((x) => { r.push(x); if (x === 1) a.pop() })
return r

//# a callback with its this
const o = { k: 10 }
return [1, 2].map(function (x) { return x * this.k }, o)

//# lists are compared by identity
return [[1] === [1], [1].includes(1), [[1]].includes([1])]

//# nested lists
const g = [[1, 2], [3, 4]]
g[1][0] = 9
return [g, g.map((r) => r.reduce((a, b) => a + b)), g[0].map((_, i) => g.map((r) => r[i]))]

//# spread copies
const a = [1, [2]], b = [...a, 3]
b[1].push(9); b[0] = 0
return [a, b]

//# a matrix made by Array.from
const m = Array.from({ length: 2 }, () => Array.from({ length: 2 }, () => 0))
m[0][0] = 1
return m

//# rows made by fill are one row
const m = [null, null].fill([0])
m[0].push(1)
return m

//# removing while walking backwards
const a = [1, 2, 3, 4, 5, 6]
for (let i = a.length - 1; i >= 0; i--) if (a[i] % 2) a.splice(i, 1)
return a

//# a chain
return Array.from({ length: 10 }, (_, i) => i + 1).filter((x) => x % 2).map((x) => x ** 2).reduce((a, b) => a + b, 0)

//# typeof and toString
return [typeof [], [1, [2, 3]].toString(), String([]), `${[1, 2]}`]

//# holes by a trailing comma
return [[1, 2,].length, [1,].length]

//# sum, average, maximum
const l = [4, 8, 15, 16, 23, 42]
const s = l.reduce((a, b) => a + b, 0)
return [s, s / l.length, Math.max(...l), Math.min(...l)]

//# zip
const zip = (a, b) => a.map((x, i) => [x, b[i]])
return zip([1, 2], ['a', 'b'])

//# chunk
const chunk = (l, n) => l.length ? [l.slice(0, n), ...chunk(l.slice(n), n)] : []
return chunk([1, 2, 3, 4, 5], 2)

//# unique by a key
const l = [{ id: 1, v: 'a' }, { id: 2, v: 'b' }, { id: 1, v: 'c' }]
return [...new Map(l.map((x) => [x.id, x])).values()]

//# a partition by reduce
return [1, 2, 3, 4].reduce(([a, b], x) => x % 2 ? [[...a, x], b] : [a, [...b, x]], [[], []])

//# bubble sort
const a = [5, 3, 8, 1]
for (let i = 0; i < a.length; i++) for (let j = 0; j + 1 < a.length - i; j++) if (a[j] > a[j + 1]) [a[j], a[j + 1]] = [a[j + 1], a[j]]
return a

//# permutations
const perm = (l) => l.length < 2 ? [l] : l.flatMap((x, i) => perm([...l.slice(0, i), ...l.slice(i + 1)]).map((p) => [x, ...p]))
return perm([1, 2, 3]).map((p) => p.join(''))

//# quicksort
const qs = ([p, ...r]) => p === undefined ? [] : [...qs(r.filter((x) => x < p)), p, ...qs(r.filter((x) => x >= p))]
return qs([3, 6, 1, 8, 2, 9, 2])
