//! The scripts that a shell reads once: each registers every command of the suite, and asks
//! `auth0-completions complete` at every TAB (see [`super::answer`]).

use crate::cmd::suite;

/// A shell that completions are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    /// GNU bash, 3.2 and later.
    Bash,
    /// zsh, 5 and later.
    Zsh,
    /// fish, 3 and later.
    Fish,
    /// PowerShell, 5 and later.
    PowerShell,
    /// Elvish.
    Elvish,
}

impl Shell {
    /// All five.
    pub const ALL: [Self; 5] = [Self::Bash, Self::Zsh, Self::Fish, Self::PowerShell, Self::Elvish];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
            Self::PowerShell => "powershell",
            Self::Elvish => "elvish",
        }
    }

    /// The shell of that name, or of that program.
    pub fn parse(name: &str) -> Option<Self> {
        let name = if name == "pwsh" { "powershell" } else { name };
        Self::ALL.into_iter().find(|shell| shell.name() == name)
    }

    /// The script's file in `completions/`.
    pub const fn file(self) -> &'static str {
        match self {
            Self::Bash => "auth0-suite.bash",
            // zsh looks for functions in files that begin so.
            Self::Zsh => "_auth0-suite",
            Self::Fish => "auth0-suite.fish",
            Self::PowerShell => "auth0-suite.ps1",
            Self::Elvish => "auth0-suite.elv",
        }
    }
}

/// The names of every command of the suite.
pub fn all() -> Vec<&'static str> {
    suite::commands().iter().map(|binary| binary.name).collect()
}

/// The names of the commands of this installation.
pub fn installed() -> Vec<&'static str> {
    suite::installed().map(|binary| binary.name).collect()
}

/// A shell's script for these commands.
pub fn script(shell: Shell, names: &[&str]) -> String {
    let template = match shell {
        Shell::Bash => BASH,
        Shell::Zsh => ZSH,
        Shell::Fish => FISH,
        Shell::PowerShell => POWERSHELL,
        Shell::Elvish => ELVISH,
    };
    let list = match shell {
        Shell::PowerShell => format!("'{}'", names.join("', '")),
        _ => names.join(" "),
    };
    template.replace("@NAMES@", &list)
}

/// The line goes as it is, up to the cursor: bash would split its words at `=` and `:`.
const BASH: &str = r#"# Completions of auth0-suite for bash, made by `auth0-completions bash`.

_auth0_suite() {
    local LC_ALL=C line
    line=${COMP_LINE:0:COMP_POINT}
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("$line")
    done < <(auth0-completions complete bash "${COMP_TYPE:-9}" -- "$line" 2>/dev/null)
    # More is to come behind a folder or an option's equals sign.
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=/] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}

complete -o nosort -F _auth0_suite @NAMES@ 2>/dev/null ||
    complete -F _auth0_suite @NAMES@
"#;

const ZSH: &str = r#"#compdef @NAMES@
# Completions of auth0-suite for zsh, made by `auth0-completions zsh`.

_auth0_suite() {
    local line value
    local -a open closed
    for line in "${(@f)$(auth0-completions complete zsh -- "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
        [[ -n $line ]] || continue
        value=${line%%$'\t'*}
        # _describe takes what stands before the first colon as the value.
        if [[ $line == *$'\t'* ]]; then
            line=${${value//\\/\\\\}//:/\\:}:${line#*$'\t'}
        else
            line=${${value//\\/\\\\}//:/\\:}
        fi
        if [[ $value == *[=/] ]]; then
            open+=("$line")
        else
            closed+=("$line")
        fi
    done
    (( $#closed )) && _describe -V 'value' closed
    # More is to come behind a folder or an option's equals sign.
    (( $#open )) && _describe -V 'value' open -S ''
}

if [[ $funcstack[1] == _auth0-suite ]]; then
    _auth0_suite "$@"
else
    compdef _auth0_suite @NAMES@
fi
"#;

const FISH: &str = r#"# Completions of auth0-suite for fish, made by `auth0-completions fish`.

for name in @NAMES@
    complete --command $name --no-files --keep-order --arguments '(auth0-completions complete fish -- (commandline --current-process --tokenize --cut-at-cursor) (commandline --cut-at-cursor --current-token) 2>/dev/null)'
end
"#;

/// Older PowerShells lose double quotes on the way to a program.
const POWERSHELL: &str = r#"# Completions of auth0-suite for PowerShell, made by `auth0-completions powershell`.

Register-ArgumentCompleter -Native -CommandName @NAMES@ -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $line = $commandAst.Extent.Text
    $cursor = $cursorPosition - $commandAst.Extent.StartOffset
    $line = $line.PadRight($cursor).Substring(0, $cursor).Replace('"', "'")
    # The answer is UTF-8, and PowerShell 5 expects the encoding of old consoles.
    $encoding = [Console]::OutputEncoding
    try { [Console]::OutputEncoding = [System.Text.UTF8Encoding]::new($false) } catch {}
    $found = auth0-completions complete powershell -- $line 2>$null
    try { [Console]::OutputEncoding = $encoding } catch {}
    $found | ForEach-Object {
        # The last part is the value with the quotes that PowerShell needs.
        $value, $help, $text = $_ -split "`t", 3
        if (-not $help) { $help = $value }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $help)
    }
}
"#;

const ELVISH: &str = r#"# Completions of auth0-suite for Elvish, made by `auth0-completions elvish`.

use str

for name [@NAMES@] {
    set edit:completion:arg-completer[$name] = {|@words|
        auth0-completions complete elvish -- $@words 2>/dev/null | from-lines | each {|line|
            var parts = [(str:split &max=2 "\t" $line)]
            if (== (count $parts) 2) {
                edit:complex-candidate $parts[0] &display=$parts[0]'  ('$parts[1]')'
            } else {
                put $line
            }
        }
    }
}
"#;
