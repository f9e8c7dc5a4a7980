//# an account
class Account { #balance = 0; #log = []; constructor(owner) { this.owner = owner } deposit(n) { if (n <= 0) throw new RangeError('amount'); this.#balance += n; this.#log.push(['in', n]); return this } withdraw(n) { if (n > this.#balance) throw new Error('funds'); this.#balance -= n; this.#log.push(['out', n]); return this } get balance() { return this.#balance } get log() { return this.#log.map(([k, n]) => `${k}:${n}`) } }
const a = new Account('ann').deposit(100).withdraw(30)
let e1
try { a.withdraw(1000) } catch (e) { e1 = e.message }
return [a.balance, a.log, e1, a.owner]

//# an order with discounts
const order = { items: [{ sku: 'a', qty: 2, price: 10 }, { sku: 'b', qty: 1, price: 25, tags: ['sale'] }], coupon: 'TEN' }
const total = ({ items, coupon }) => { const sum = items.reduce((s, { qty, price, tags = [] }) => s + qty * price * (tags.includes('sale') ? 0.5 : 1), 0); return coupon === 'TEN' ? sum - 10 : sum }
return [total(order), total({ items: [] })]

//# an expression evaluator
const parse = (s) => { const t = s.match(/\d+|[-+*\/()]/g); let i = 0; const expr = () => { let v = term(); while (t[i] === '+' || t[i] === '-') v = t[i++] === '+' ? v + term() : v - term(); return v }; const term = () => { let v = fact(); while (t[i] === '*' || t[i] === '/') v = t[i++] === '*' ? v * fact() : v / fact(); return v }; const fact = () => { if (t[i] === '(') { i++; const v = expr(); i++; return v } if (t[i] === '-') { i++; return -fact() } return Number(t[i++]) }; return expr() }
return [parse('1+2*3'), parse('(1+2)*3'), parse('10/4-1'), parse('-(2+3)*2')]

//# an event emitter
class Emitter { #h = {}; on(n, f) { (this.#h[n] ??= []).push(f); return () => { this.#h[n] = this.#h[n].filter((g) => g !== f) } } emit(n, ...a) { return (this.#h[n] ?? []).map((f) => f(...a)) } }
const e = new Emitter()
const off = e.on('x', (a) => a + 1)
e.on('x', (a) => a * 2)
const first = e.emit('x', 5)
off()
return [first, e.emit('x', 5), e.emit('y')]

//# a state machine
const machine = { idle: { start: 'running' }, running: { pause: 'paused', stop: 'idle' }, paused: { resume: 'running', stop: 'idle' } }
const run = (events) => events.reduce((s, e) => machine[s]?.[e] ?? s, 'idle')
return [run(['start', 'pause', 'resume']), run(['start', 'stop', 'pause']), run([])]

//# a linked list
class Node { constructor(v, next = null) { this.v = v; this.next = next } }
const from = (l) => l.reduceRight((n, v) => new Node(v, n), null)
const list = (n) => n ? [n.v, ...list(n.next)] : []
const rev = (n) => { let p = null; while (n) [n.next, p, n] = [p, n, n.next]; return p }
return list(rev(from([1, 2, 3])))

//# a tree
const tree = { v: 1, kids: [{ v: 2, kids: [{ v: 3 }] }, { v: 4 }] }
const sum = ({ v, kids = [] }) => v + kids.reduce((s, k) => s + sum(k), 0)
const depth = ({ kids }) => 1 + Math.max(0, ...(kids ?? []).map(depth))
return [sum(tree), depth(tree)]

//# a binary search tree
class Tree { add(v) { if (this.v === undefined) { this.v = v; return this } const k = v < this.v ? 'l' : 'r'; (this[k] ??= new Tree()).add(v); return this } list() { return [...(this.l?.list() ?? []), ...(this.v === undefined ? [] : [this.v]), ...(this.r?.list() ?? [])] } }
const t = new Tree()
for (const v of [5, 2, 8, 1, 9, 3]) t.add(v)
return t.list()

//# Dijkstra
const g = { a: { b: 7, c: 9, f: 14 }, b: { a: 7, c: 10, d: 15 }, c: { a: 9, b: 10, d: 11, f: 2 }, d: { b: 15, c: 11, e: 6 }, e: { d: 6, f: 9 }, f: { a: 14, c: 2, e: 9 } }
const dist = { a: 0 }, done = new Set()
for (;;) { const n = Object.keys(dist).filter((k) => !done.has(k)).sort((x, y) => dist[x] - dist[y])[0]; if (n === undefined) break; done.add(n); for (const [m, w] of Object.entries(g[n])) { const d = dist[n] + w; if (!(m in dist) || d < dist[m]) dist[m] = d } }
return Object.entries(dist).sort()

//# a memoised function with several arguments
const memo = (f) => { const c = {}; return (...a) => c[a.join()] ??= f(...a) }
let n = 0
const add = memo((a, b) => { n++; return a + b })
return [add(1, 2), add(1, 2), add(2, 1), n]

//# a pipeline
const pipe = (...fs) => (x) => fs.reduce((v, f) => f(v), x)
const slug = pipe((s) => s.trim(), (s) => s.toLowerCase(), (s) => s.replace(/[^a-z0-9]+/g, '-'), (s) => s.replace(/^-|-$/g, ''))
return slug('  Hello, Big World! ')

//# a matrix product
const mul = (a, b) => a.map((r) => b[0].map((_, j) => r.reduce((s, x, k) => s + x * b[k][j], 0)))
return mul([[1, 2], [3, 4]], [[5, 6], [7, 8]])

//# game of life
const step = (g) => g.map((r, y) => r.map((c, x) => { let n = 0; for (const dy of [-1, 0, 1]) for (const dx of [-1, 0, 1]) if (dx || dy) n += g[y + dy]?.[x + dx] ?? 0; return n === 3 || (c && n === 2) ? 1 : 0 }))
return step([[0, 0, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 1, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 0, 0]])

//# roman numerals
const roman = (n) => [['M', 1000], ['CM', 900], ['D', 500], ['CD', 400], ['C', 100], ['XC', 90], ['L', 50], ['XL', 40], ['X', 10], ['IX', 9], ['V', 5], ['IV', 4], ['I', 1]].reduce(([s, r], [l, v]) => [s + l.repeat(Math.floor(r / v)), r % v], ['', n])[0]
return [roman(1994), roman(2026), roman(4)]

//# fizz buzz
return Array.from({ length: 15 }, (_, i) => { const n = i + 1; return n % 15 === 0 ? 'FizzBuzz' : n % 5 === 0 ? 'Buzz' : n % 3 === 0 ? 'Fizz' : n }).join(' ')

//# towers of Hanoi
const moves = []
const hanoi = (n, a = 'A', b = 'B', c = 'C') => { if (n) { hanoi(n - 1, a, c, b); moves.push(a + c); hanoi(n - 1, b, a, c) } }
hanoi(3)
return moves.join(' ')

//# eight queens, the first solution
const place = (n, qs = []) => { if (qs.length === n) return qs; for (let c = 0; c < n; c++) if (qs.every((q, r) => q !== c && Math.abs(q - c) !== qs.length - r)) { const s = place(n, [...qs, c]); if (s) return s } return null }
return place(6)

//# a vote count
const votes = ['ann', 'bob', 'ann', 'eve', 'bob', 'ann']
const tally = votes.reduce((m, v) => m.set(v, (m.get(v) ?? 0) + 1), new Map())
return [...tally].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([n, c]) => `${n}:${c}`)

//# an auction
class Auction { bids = []; bid(who, amount) { const best = this.bids.at(-1); if (best && amount <= best.amount) throw new RangeError(`bid above ${best.amount}`); this.bids.push({ who, amount }) } get winner() { return this.bids.at(-1)?.who ?? null } }
const a = new Auction(), log = [a.winner]
for (const [w, n] of [['ann', 5], ['bob', 5], ['bob', 9]]) { try { a.bid(w, n); log.push(a.winner) } catch (e) { log.push(e.message) } }
return log

//# an instalment plan
const plan = (total, n) => { const base = Math.floor(total / n), rest = total % n; return Array.from({ length: n }, (_, i) => base + (i < rest ? 1 : 0)) }
return [plan(100, 3), plan(10, 4), plan(100, 3).reduce((a, b) => a + b)]

//# run-length encoding
const enc = (s) => [...s].reduce((r, c) => { const l = r.at(-1); if (l && l[0] === c) l[1]++; else r.push([c, 1]); return r }, []).map(([c, n]) => c + n).join('')
const dec = (s) => s.replace(/(.)(\d+)/g, (_, c, n) => c.repeat(Number(n)))
return [enc('aaabccd'), dec(enc('aaabccd'))]

//# levenshtein
const lev = (a, b) => { let p = Array.from({ length: b.length + 1 }, (_, i) => i); for (let i = 1; i <= a.length; i++) { const q = [i]; for (let j = 1; j <= b.length; j++) q[j] = Math.min(p[j] + 1, q[j - 1] + 1, p[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)); p = q } return p[b.length] }
return [lev('kitten', 'sitting'), lev('', 'abc'), lev('same', 'same')]

//# a price with a discount
let price = 0
if (740 > 700) { price = 100 * (1 - 0.2) }
return price
