/** The pages' only static file. The classes are those of supervisord's pages. */
export const stylesheetPath = '/stylesheets/supervisor.css';

export const stylesheet = `:root { color-scheme: light dark; --line: #8884; --shade: #8881; }
html { background: Canvas; color: CanvasText; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 72em; padding: 0 1em; }
h1 { font-size: 1.4em; }
a { color: inherit; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35em .7em; border-bottom: 1px solid var(--line); vertical-align: top; }
tr.shade { background: var(--shade); }
ul { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .2em 1em; }
#buttons { margin: 1em 0; }
#buttons a { border: 1px solid var(--line); border-radius: .3em; padding: .2em .8em; text-decoration: none; }
.status span { border-radius: .3em; padding: .1em .6em; font-size: .85em; }
.statusnominal { background: #8883; }
.statusrunning { background: #2a73; }
.statuserror { background: #d334; }
.status_msg { border-left: .3em solid #48c; padding: .3em .8em; margin: 1em 0; }
.hidden { display: none; }
#footer { margin-top: 2em; opacity: .7; font-size: .85em; }
@media (max-width: 40em) { body { margin: 1em auto; padding: 0 .7em; } th, td { padding: .35em .4em; overflow-wrap: anywhere; } th, td.status span, td.action { overflow-wrap: normal; } td a { display: inline-block; min-width: 4em; } }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
`;
