import { COLORS, FONTS } from './chart.js';

/** The style sheet: light, restrained, the same on paper; nothing is loaded from anywhere. */
export const STYLE = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: #fff; color: ${COLORS.ink}; font: 16px/1.55 ${FONTS}; font-variant-numeric: tabular-nums; }
main { max-width: 60rem; margin: 0 auto; padding: 3.5rem 2.5rem 5rem; }
h1 { margin: 0; font-size: 1rem; font-weight: 600; letter-spacing: .01em; }
h2 { margin: 0 0 .35rem; font-size: 1.3rem; line-height: 1.3; font-weight: 650; letter-spacing: -.01em; }
h3 { margin: 0; font-size: 1rem; font-weight: 650; }
p { margin: 0 0 .7rem; max-width: 46rem; }
section { margin-top: 4rem; }
header .about { color: ${COLORS.quiet}; margin: 0 0 2.2rem; }
.lead { font-size: 1.75rem; line-height: 1.32; font-weight: 600; letter-spacing: -.015em; max-width: 50rem; margin: 0 0 1.2rem; }
.words p { font-size: 1.05rem; }
.keys { display: grid; grid-template-columns: repeat(4, 1fr); gap: 1.5rem; margin: 2.2rem 0 0; padding: 1.2rem 0 0; border-top: 2px solid ${COLORS.accent}; }
.keys dt { color: ${COLORS.quiet}; font-size: .875rem; line-height: 1.35; }
.keys dd { margin: .15rem 0 0; font-size: 1.6rem; font-weight: 650; letter-spacing: -.02em; line-height: 1.2; }
.keys dd small { display: block; font-size: .875rem; font-weight: 400; letter-spacing: 0; color: ${COLORS.quiet}; }
.intro, .note, figcaption { color: ${COLORS.quiet}; }
.note, figcaption { font-size: .875rem; }
figure { margin: 1.4rem 0 1rem; }
figcaption { margin-top: .5rem; max-width: 46rem; }
.chart svg { display: block; width: 100%; height: auto; }
.narrow { display: none; }
.swatch { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 0; vertical-align: -.05em; }
.swatch.then { background: ${COLORS.then}; } .swatch.now, .swatch.out { background: ${COLORS.accent}; }
.swatch.back { background: ${COLORS.ink}; } .swatch.rest { background: ${COLORS.line}; } .swatch.out, .swatch.back, .swatch.rest { opacity: .5; } .nb { white-space: nowrap; }
.swatch.less { background: ${COLORS.accentSoft}; }
.scroll { overflow-x: auto; margin: 1.2rem 0 .8rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; line-height: 1.4; }
caption { text-align: left; font-weight: 650; padding: 0 0 .4rem; }
th, td { padding: .42rem .65rem; text-align: left; vertical-align: top; border-bottom: 1px solid #e4e9eb; }
th:first-child, td:first-child { padding-left: 0; } th:last-child, td:last-child { padding-right: 0; }
thead th { color: ${COLORS.quiet}; font-weight: 500; font-size: .82rem; border-bottom: 1px solid ${COLORS.line}; vertical-align: bottom; }
tbody th { font-weight: 500; }
td.figure, th.figure { text-align: right; white-space: nowrap; }
thead th.figure { white-space: normal; }
.dense table { font-size: .82rem; } .dense th, .dense td { padding-left: .35rem; padding-right: .35rem; }
.dense tbody th { min-width: 5rem; } .dense tr > :first-child { padding-left: 0; } .dense tr > :last-child { padding-right: 0; }
tr.total > * { font-weight: 650; border-top: 1px solid ${COLORS.line}; border-bottom: 0; }
tr.quiet > * { color: ${COLORS.quiet}; }
td.texts { overflow-wrap: anywhere; min-width: 8rem; }
code { font: .875em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
td code, .evidence { white-space: nowrap; }
.waterfalls { display: grid; grid-template-columns: 1fr 1fr; gap: 2.2rem 2.5rem; margin: 1.6rem 0; }
.waterfalls figure { margin: 0; }
ul.remarks { padding-left: 1.1rem; margin: .8rem 0; max-width: 46rem; } ul.remarks li { margin: .25rem 0; }
.commands dt { margin-top: .7rem; } .commands dd { margin: 0; color: ${COLORS.quiet}; font-size: .9rem; }
footer { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid #e4e9eb; color: ${COLORS.quiet}; font-size: .82rem; }
@media screen and (max-width: 720px) {
  main { padding: 2rem 1.1rem 3rem; }
  section { margin-top: 3rem; }
  .lead { font-size: 1.35rem; }
  .keys { grid-template-columns: 1fr 1fr; gap: 1.2rem; }
  .keys dd { font-size: 1.35rem; }
  .wide, .aside { display: none; } .narrow { display: block; }
  .waterfalls { grid-template-columns: minmax(0, 1fr); }
}
@page { size: A4; margin: 16mm 15mm 18mm; }
@media print {
  html { font-size: 10pt; }
  body { font-size: 10pt; line-height: 1.45; }
  main { max-width: none; padding: 0; }
  section { margin-top: 9mm; }
  .lead { font-size: 16pt; } .words p { font-size: 10.5pt; }
  .keys dd { font-size: 15pt; }
  h2 { font-size: 13pt; }
  table { font-size: 8.5pt; } th, td { padding: 1.1mm 1.6mm; }
  .dense table { font-size: 7.5pt; } .dense th, .dense td { padding-left: .8mm; padding-right: .8mm; }
  .dense thead th { font-size: 7pt; } .dense tbody th { min-width: 0; }
  .scroll { overflow: visible; break-inside: avoid; }
  #lines .scroll, #movements .scroll { break-inside: auto; }
  .page { break-before: page; margin-top: 0; }
  h2, h3, caption, .intro { break-after: avoid; }
  figure, tr, .keys { break-inside: avoid; }
  thead { display: table-header-group; }
  td code { white-space: normal; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
