/**
 * What `completion` prints. A script only hands the line up to the cursor to `hupctl complete` and its answer to the shell: what may follow is
 * decided in one place. An answer is a line a word, with a tab and a description; `:files` asks for file names as well.
 */

const bash = `# bash completion of hupctl and hupd:  source <(hupctl completion bash)
_hupctl() {
    local line=\${COMP_LINE:0:COMP_POINT} cur word strip
    cur=\${line##*[[:space:]]}
    # readline has cut the word at colons where they are among its breaks
    strip=
    [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]] && strip=\${cur%"\${cur##*:}"}
    COMPREPLY=()
    while IFS= read -r word; do
        if [[ $word == :files ]]; then
            compopt -o filenames 2>/dev/null
            while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$cur")
            continue
        fi
        word=\${word%%$'\\t'*}
        COMPREPLY+=("\${word#"$strip"}")
    done < <(hupctl complete "$line" 2>/dev/null </dev/null)
}
complete -F _hupctl hupctl hupd
`;

const zsh = `#compdef hupctl hupd
# zsh completion of hupctl and hupd:  source <(hupctl completion zsh), or a file _hupctl in $fpath
_hupctl() {
    local line word files
    local -a found
    line="\${(j: :)words[1,CURRENT-1]} \${PREFIX}"
    for word in "\${(@f)$(hupctl complete "$line" 2>/dev/null </dev/null)}"; do
        if [[ $word == :files ]]; then files=1; continue; fi
        [[ -n $word ]] || continue
        # in _describe a colon parts the word from what it is
        found+=("\${\${word%%$'\\t'*}//:/\\\\:}\${\${(M)word%%$'\\t'*}:+:\${word#*$'\\t'}}")
    done
    (( $#found )) && _describe -t values value found
    [[ -n $files ]] && _files
}
if [[ $funcstack[1] == _hupctl ]]; then _hupctl "$@"; else compdef _hupctl hupctl hupd; fi
`;

const fish = `# fish completion of hupctl and hupd:  hupctl completion fish | source
function __hupctl_complete
    for word in (hupctl complete (commandline -cp | string collect) 2>/dev/null </dev/null)
        if test "$word" = :files
            __fish_complete_path (commandline -ct)
        else
            echo $word
        end
    end
end
complete -c hupctl -f -a '(__hupctl_complete)'
complete -c hupd -f -a '(__hupctl_complete)'
`;

export const completionScripts: Readonly<Record<'bash' | 'zsh' | 'fish', string>> = { bash, zsh, fish };
