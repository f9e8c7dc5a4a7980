//# values in a template
const n = 5, s = 'x'
return `${n}${s} ${n + 1} ${null} ${undefined} ${true}`

//# nested templates
const l = ['a', 'b']
return `<${l.map((x) => `[${x}${`!`}]`).join('')}>`

//# a template over lines
return `a
  b
c`

//# escapes in a template
return `\` \${x} \n \u0041 $ $x {}`

//# braces within a template
return `${{ a: 1 }.a}${(() => { return `}` })()}`

//# lists and records in a template
return `${[1, 2]} ${{}} ${[]}`

//# a template that calls
const f = (x) => x * 2
return `2 x 4 = ${f(4)}, ${f(`${4}`.length)}`

//# a template is a text
return [typeof `a`, `a` === 'a', `abc`.length, `abc`[1]]

//# conditions in a template
const n = 1
return `${n} item${n === 1 ? '' : 's'}`

//# order of evaluation
const log = []
const t = (x) => { log.push(x); return x }
const s = `${t(1)}-${t(2)}`
return [s, log]

//# line ends in a template are one character
return `a\
b` + `
`.length
