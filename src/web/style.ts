/** How the live dashboard looks. Everything is under `.live`, which the script sets: the page without it looks as before. */
const light = `--bg:#f6f7f9;--card:#fff;--ink:#1b2430;--dim:#596579;--rule:#d9dee6;--accent:#1f5fbf;--good:#13703a;--good-bg:#dcf3e4;
--bad:#a81c1c;--bad-bg:#fbe1e1;--busy:#7a5200;--busy-bg:#fdefcf;--idle:#4b5566;--idle-bg:#e7eaef`;
const dark = `--bg:#11151b;--card:#1a2029;--ink:#e5e9f0;--dim:#9aa6b8;--rule:#303947;--accent:#7db3ff;--good:#7fdc9f;--good-bg:#153422;
--bad:#ff9a9a;--bad-bg:#431c1f;--busy:#f5cc74;--busy-bg:#3d3014;--idle:#b6c0cf;--idle-bg:#2a323e`;

export const dashboardStyle = `.live{color-scheme:light;${light}}
@media (prefers-color-scheme:dark){.live:not([data-theme=light]){color-scheme:dark;${dark}}}
.live[data-theme=dark]{color-scheme:dark;${dark}}
.live{background:var(--bg)}
.live body{background:var(--bg);color:var(--ink);margin:0 auto;max-width:80rem;padding:1rem}
.live [hidden]{display:none!important}
.live h1{margin:0;font-size:1.3rem}
.live h2{margin:0 0 .5rem;font-size:.85rem;color:var(--dim);font-weight:600}
.live header,.live .bar{display:flex;flex-wrap:wrap;gap:.5rem .8rem;align-items:center;margin-bottom:.8rem}
.live .grow{flex:1}
.live .link{font-size:.85rem;color:var(--dim)}
.live .link.lost{color:var(--bad)}
.live button,.live input{font:inherit;font-size:.85rem;color:inherit;background:var(--card);border:1px solid var(--rule);border-radius:.4rem;padding:.3rem .7rem;min-height:2rem}
.live button{cursor:pointer}
.live button:hover:not(:disabled){border-color:var(--accent)}
.live button:disabled{opacity:.45;cursor:default}
.live button[aria-busy=true]{border-style:dashed}
.live button[aria-pressed=true],.live button[aria-selected=true]{border-color:var(--accent);color:var(--accent)}
.live :focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.live .rows{list-style:none;margin:0;padding:0;display:block;background:var(--card);border:1px solid var(--rule);border-radius:.6rem}
.live .row{border-bottom:1px solid var(--rule)}
.live .row:last-child{border-bottom:0}
.live .head{display:grid;grid-template-columns:5.5rem minmax(11rem,1.4fr) minmax(9rem,1.4fr) 7rem 8rem 14.5rem;gap:.8rem;align-items:center;padding:.5rem .8rem}
.live .badge{justify-self:start;font-size:.75rem;font-weight:600;padding:.15rem .55rem;border-radius:1rem;color:var(--idle);background:var(--idle-bg)}
.live .good{color:var(--good);background:var(--good-bg)}
.live .bad{color:var(--bad);background:var(--bad-bg)}
.live .busy{color:var(--busy);background:var(--busy-bg)}
.live .name{position:relative;border:0;background:none;padding:.2rem 0 .2rem .9rem;text-align:left;font-weight:600;font-size:.95rem;overflow-wrap:anywhere}
.live .name::before{content:"";position:absolute;left:0;top:.65em;border:.3em solid transparent;border-left-color:var(--dim)}
.live .name[aria-expanded=true]::before{top:.8em;border-color:var(--dim) transparent transparent}
.live .name small{display:block;color:var(--dim);font-weight:400}
.live .name small:empty{display:none}
.live .line{font-size:.85rem;color:var(--dim);overflow-wrap:anywhere}
.live .line.wrong{color:var(--bad)}
.live .rows:not(:has(.row:not([hidden]))){border:0}
.live .stale{opacity:.6}
.live progress{display:block;width:100%;height:.5rem;margin-top:.25rem;accent-color:var(--accent)}
.live .load{display:flex;align-items:center;gap:.4rem;font-size:.8rem;color:var(--dim);font-variant-numeric:tabular-nums}
.live .load.none{visibility:hidden}
.live .load svg{width:60px;height:20px;flex:none}
.live polyline{fill:none;stroke:var(--accent);stroke-width:1.3}
.live .acts{display:flex;gap:.35rem;justify-content:flex-end}
.live .acts button{padding:.2rem .6rem}
.live .more{padding:.3rem .8rem 1rem;display:grid;grid-template-columns:1fr 1fr;gap:.9rem}
.live .panel{border:1px solid var(--rule);border-radius:.5rem;padding:.7rem;min-width:0}
.live .wide{grid-column:1/-1}
.live .gens{display:grid;grid-template-columns:auto 1fr;align-items:center;gap:0 .4rem}
.live .box{border:1.5px solid var(--dim);border-radius:.4rem;padding:.3rem .6rem;font-size:.8rem;background:var(--card)}
.live .gen{display:flex;align-items:center;gap:.4rem;flex-wrap:wrap;padding:.25rem 0}
.live .workers{display:inline-flex;flex-wrap:wrap;gap:.4rem;align-items:center}
.live .gen .box small{display:block;color:var(--dim)}
.live .arrow{color:var(--dim);min-width:2.1rem}
.live .unready .box{border-style:dashed;border-color:var(--busy);color:var(--busy)}
.live .retiring .box{color:var(--dim);border-color:var(--rule)}
.live .current .master{border-color:var(--good)}
.live .worker{padding:.2rem .4rem}
.live .list{list-style:none;margin:0;padding:0;display:block;max-height:15rem;overflow:auto;font-size:.82rem}
.live .list li{display:flex;gap:.7rem;padding:.15rem 0;overflow-wrap:anywhere}
.live .list time{color:var(--dim);flex:none;font-variant-numeric:tabular-nums}
.live .output{max-height:12rem;overflow:auto;margin:.5rem 0 0;font:.78rem/1.45 ui-monospace,monospace;color:var(--dim)}
.live .empty{color:var(--dim);font-size:.85rem;padding:.8rem}
.live .log{margin:.5rem 0 0;height:16rem;overflow:auto;background:var(--bg);border-radius:.4rem;padding:.6rem;font:.78rem/1.45 ui-monospace,monospace}
.live .log:empty::before{content:"nothing yet";color:var(--dim)}
.live .bar a{color:var(--accent);font-size:.85rem}
.live .toast{position:fixed;left:50%;bottom:1rem;transform:translateX(-50%);max-width:calc(100vw - 3rem);padding:.5rem 1rem;border-radius:.5rem;background:var(--ink);color:var(--bg);font-size:.9rem}
.live .toast:empty{display:none}
.live .toast.error{background:var(--bad-bg);color:var(--bad);border:1px solid var(--bad)}
@media (max-width:60rem){
.live .head{grid-template-columns:auto 1fr auto;gap:.4rem .8rem}
.live .acts{grid-column:1/-1;justify-content:stretch}
.live .acts button{flex:1;min-height:2.5rem}
.live .line{grid-column:1/-1}
.live .name{grid-column:2/-1}
.live .load.cpu{grid-column:1/3}
.live .workers{margin-left:2.2rem}
.live .more{grid-template-columns:1fr;padding:.3rem .6rem .8rem}
.live .wide{grid-column:auto}
.live .load.none{display:none}
.live .bar{display:grid;grid-template-columns:1fr 1fr}
.live .bar input{grid-column:1/-1}
.live .grow{display:none}
.live header button{margin-left:auto}
.live .summary{order:1;flex:1 0 100%}
}
@media (prefers-reduced-motion:no-preference){.live button[aria-busy=true]{animation:busy 1s ease-in-out infinite alternate}@keyframes busy{to{opacity:.5}}}
`;
