//# characters
return ['abc'.charAt(1), 'abc'.charAt(9), 'abc'[0], 'abc'[9] === undefined, 'abc'.at(-1), 'abc'.at(5) === undefined]

//# codes
return ['A'.charCodeAt(0), 'é'.codePointAt(0), '😀'.codePointAt(0), String.fromCharCode(72, 105), String.fromCodePoint(128512)]

//# length of plain texts
return ['hello'.length, ''.length, 'größe'.length]

//# length counts code points
//= code-points [1, 2]
return ['😀'.length, 'a😀'.length]

//# positions count code points
//= code-points ["😀", 1, "b"]
return ['😀b'.charAt(0), '😀b'.indexOf('b'), '😀b'.slice(1)]

//# slice
return ['hello'.slice(1), 'hello'.slice(1, 3), 'hello'.slice(-3), 'hello'.slice(-3, -1), 'hello'.slice(4, 1), 'hello'.slice(), 'hello'.slice(1.9)]

//# substring
return ['hello'.substring(1, 3), 'hello'.substring(3, 1), 'hello'.substring(-5, 2), 'hello'.substring(2), 'hello'.substring(9)]

//# substr
return ['hello'.substr(1, 3), 'hello'.substr(-3, 2), 'hello'.substr(2)]

//# indexOf and lastIndexOf
return ['banana'.indexOf('an'), 'banana'.indexOf('an', 2), 'banana'.lastIndexOf('an'), 'banana'.lastIndexOf('an', 2), 'banana'.indexOf('x'), 'abc'.indexOf(''), 'abc'.lastIndexOf('c', -5)]

//# includes, startsWith, endsWith
return ['abc'.includes('bc'), 'abc'.includes('a', 1), 'abc'.startsWith('b', 1), 'abc'.endsWith('b', 2), 'abc'.startsWith(''), 'abc'.endsWith('abcd')]

//# split
return ['a,b,c'.split(','), 'abc'.split(''), 'a,b'.split(), 'a,b,c'.split(',', 2), ''.split(','), ''.split(''), 'abc'.split('abc')]

//# replace replaces the first, replaceAll all
return ['a-b-c'.replace('-', '+'), 'a-b-c'.replaceAll('-', '+'), 'abc'.replace('x', 'y'), 'abc'.replaceAll('', '_')]

//# places in the replacement
return ['abc'.replace('b', '[$&]'), 'abc'.replace('b', "<$`|$'>"), 'abc'.replace('b', '$$'), 'abc'.replace('b', '$1'), 'abc'.replace('b', '$')]

//# a function as the replacement
return ['abc'.replace('b', (m, i, all) => `${m}${i}${all}`), 'aXbX'.replaceAll('X', (m, i) => i)]

//# trim
return ['  a b\n'.trim(), '  a '.trimStart(), ' a  '.trimEnd(), '\u00a0x\ufeff'.trim()]

//# pad
return ['5'.padStart(3, '0'), '5'.padEnd(3, 'ab'), 'abc'.padStart(2), 'x'.padStart(5, 'ab'), 'x'.padEnd(3), 'x'.padStart(3, '')]

//# repeat
return ['ab'.repeat(3), 'ab'.repeat(0), ''.repeat(5)]

//# repeat of a negative number is an error
try { 'a'.repeat(-1); return 'no' } catch (e) { return e.name }

//# upper and lower case
return ['Straße'.toUpperCase(), 'ÀÉ'.toLowerCase(), 'ﬁ'.toUpperCase(), 'Σ'.toLowerCase()]

//# concat and join
return ['a'.concat('b', 1, true), ['a', 'b'].join(''), ['a', null, undefined, 'b'].join('-')]

//# comparison and sorting by code
return ['a' < 'b', 'Z' < 'a', 'é' > 'z', ['b', 'a', 'C', 'A'].sort()]

//# search and match with texts
return ['a.c'.search('\\.'), 'abc'.match('b')[0], 'abc'.match('x')]

//# a text in a loop
let r = ''
for (let i = 'abc'.length - 1; i >= 0; i--) r += 'abc'[i]
return r

//# spread and reverse
return [...'hello'].reverse().join('')

//# capitalise
const cap = (s) => s.charAt(0).toUpperCase() + s.slice(1)
return 'hello big world'.split(' ').map(cap).join(' ')

//# a palindrome
const is = (s) => { const t = s.toLowerCase().replace(/[^a-z]/g, ''); return t === [...t].reverse().join('') }
return [is('A man, a plan, a canal: Panama'), is('nope')]

//# words and their counts
const text = 'the cat and the hat and the bat'
const n = new Map()
for (const w of text.split(' ')) n.set(w, (n.get(w) ?? 0) + 1)
return [...n].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))

//# a Caesar cipher
const rot = (s, k) => [...s].map((c) => /[a-z]/.test(c) ? String.fromCharCode((c.charCodeAt(0) - 97 + k) % 26 + 97) : c).join('')
return [rot('hello, world', 3), rot(rot('abcxyz', 5), 21)]

//# texts do not change
const s = 'abc'
try { s[0] = 'x' } catch (e) { return [e.name, s] }

//# String of several values
return [String(1.5), String(null), String([1, [2, 3]]), String({}), String(true), String('x'), String()]

//# at and slice with negative zero and large numbers
return ['abc'.slice(-0), 'abc'.slice(-100, 100), 'abc'.at(0), 'abc'.substring(0, 1e9)]

//# valueOf and toString
return ['abc'.toString(), 'abc'.valueOf(), (5).valueOf(), true.toString()]

//# normalised newlines
return 'a\r\nb\nc'.split(/\r?\n/)

//# an empty text is false
return ['' ? 1 : 2, ' ' ? 1 : 2, '0' ? 1 : 2]

//# numbers in texts
return ['1' + 1, 1 + +'1', '3' + 4 + 5, 3 + 4 + '5']

//# unicode escapes
return ['\u00e9' === 'é', '\u{1F600}' === '😀', '\ud83d\ude00' === '😀']

//# iterating code points
return [[...'añ😀'].length, Array.from('añ😀')]
