package cmd

import (
	"flag"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"luvat/definitions"
)

func completionVerb() *verb {
	return &verb{
		name:    "completion",
		summary: "prints what a shell needs to complete verbs, flags and ids",
		usage:   "bash|zsh|fish",
		examples: []example{
			{"source <(luvat completion bash)", "in ~/.bashrc"},
			{"source <(luvat completion zsh)", "in ~/.zshrc, after compinit"},
			{"luvat completion fish | source", "in ~/.config/fish/config.fish"},
		},
		arguments: func(*flag.FlagSet) func(*call) error { return (*call).completion },
	}
}

func (c *call) completion() error {
	shell, err := c.oneArgument("the shell")
	if err != nil {
		return err
	}
	write, ok := map[string]func(io.Writer, []completed){"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}[shell]
	if !ok {
		return usagef("there is no completion for %q; there is for bash, zsh and fish", shell)
	}
	write(c.Out, completions())
	return nil
}

// completed is what can follow a verb.
type completed struct {
	verb, summary string
	words         []string // in place of its argument: bundles, finding ids; nil for paths
	flags         []completedFlag
}

type completedFlag struct {
	name, usage string
	values      []string // what it may be; nil for a path or a free value
	plain       bool     // it takes no value
}

func completions() []completed {
	var all []completed
	for _, v := range verbs() {
		one := completed{verb: v.name, summary: v.summary}
		switch strings.Fields(v.usage + " -")[0] {
		case "BUNDLE":
			one.words = bundleIDs()
		case "[ID]":
			for _, r := range definitions.Rules {
				one.words = append(one.words, r.ID)
			}
		case "bash|zsh|fish":
			one.words = strings.Split(v.usage, "|")
		}
		flags, _ := v.flags(&call{})
		flags.VisitAll(func(f *flag.Flag) {
			_, usage := flag.UnquoteUsage(f)
			done := completedFlag{name: f.Name, usage: usage}
			if o, ok := f.Value.(*oneOf); ok {
				done.values = o.allowed
			}
			if b, ok := f.Value.(interface{ IsBoolFlag() bool }); ok {
				done.plain = b.IsBoolFlag()
			}
			one.flags = append(one.flags, done)
		})
		all = append(all, one)
	}
	return all
}

// bundleIDs returns the ids of the embedded bundles. They are not read for it: a folder there is named after its bundle.
func bundleIDs() []string {
	var ids []string
	entries, err := fs.ReadDir(definitions.Embedded().FS, "bundles")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		ids = append(ids, e.Name())
	}
	slices.Sort(ids)
	return ids
}

func bashCompletion(w io.Writer, all []completed) {
	fmt.Fprintln(w, "_luvat() {\n  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=''\n  COMPREPLY=()")
	fmt.Fprintln(w, "  if [ \"$COMP_CWORD\" -eq 1 ]; then")
	fmt.Fprintf(w, "    COMPREPLY=($(compgen -W '%s help' -- \"$word\"))\n    return\n  fi\n", strings.Join(verbNames(all), " "))
	fmt.Fprintln(w, "  case ${COMP_WORDS[1]}:$before in")
	for _, v := range all {
		for _, f := range v.flags {
			switch {
			case f.values != nil:
				fmt.Fprintf(w, "    %s:--%s) COMPREPLY=($(compgen -W '%s' -- \"$word\")); return ;;\n", v.verb, f.name, strings.Join(f.values, " "))
			case !f.plain:
				fmt.Fprintf(w, "    %s:--%s) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n", v.verb, f.name)
			}
		}
	}
	fmt.Fprintln(w, "  esac\n  case ${COMP_WORDS[1]} in")
	fmt.Fprintf(w, "    help) words='%s' ;;\n", strings.Join(verbNames(all), " "))
	for _, v := range all {
		var flags []string
		for _, f := range v.flags {
			flags = append(flags, "--"+f.name)
		}
		fmt.Fprintf(w, "    %s) words='%s' ;;\n", v.verb, strings.TrimSpace(strings.Join(v.words, " ")+" "+strings.Join(flags, " ")))
	}
	fmt.Fprint(w, `  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  if [ "${word#-}" = "$word" ]; then
    COMPREPLY+=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _luvat luvat
`)
}

func verbNames(all []completed) []string {
	var names []string
	for _, v := range all {
		names = append(names, v.verb)
	}
	return names
}

func zshCompletion(w io.Writer, all []completed) {
	fmt.Fprint(w, "#compdef luvat\n_luvat() {\n  if (( CURRENT == 2 )); then\n    local -a verbs=(\n")
	for _, v := range all {
		fmt.Fprintf(w, "      %s\n", zshQuote(v.verb+":"+v.summary))
	}
	fmt.Fprint(w, "      'help:shows examples and flags'\n    )\n    _describe verb verbs\n    return\n  fi\n  local verb=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $verb in\n")
	for _, v := range all {
		fmt.Fprintf(w, "    %s)\n      _arguments", v.verb)
		for _, f := range v.flags {
			spec := "--" + f.name + "[" + strings.NewReplacer("[", "(", "]", ")", ":", "").Replace(f.usage) + "]"
			switch {
			case f.values != nil:
				spec += ":value:(" + strings.Join(f.values, " ") + ")"
			case !f.plain:
				spec += ":value:_files"
			}
			fmt.Fprintf(w, " \\\n        %s", zshQuote(spec))
		}
		if v.words != nil {
			fmt.Fprintf(w, " \\\n        %s", zshQuote("*:argument:("+strings.Join(v.words, " ")+")"))
		} else {
			fmt.Fprintf(w, " \\\n        '*:path:_files'")
		}
		fmt.Fprintln(w, "\n      ;;")
	}
	fmt.Fprint(w, "  esac\n}\ncompdef _luvat luvat\n")
}

func zshQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func fishCompletion(w io.Writer, all []completed) {
	fmt.Fprintln(w, "complete -c luvat -n __fish_use_subcommand -f")
	for _, v := range all {
		fmt.Fprintf(w, "complete -c luvat -n __fish_use_subcommand -a %s -d %s\n", v.verb, fishQuote(v.summary))
	}
	for _, v := range all {
		when := fishQuote("__fish_seen_subcommand_from " + v.verb)
		if v.words != nil {
			fmt.Fprintf(w, "complete -c luvat -n %s -f -a %s\n", when, fishQuote(strings.Join(v.words, " ")))
		}
		for _, f := range v.flags {
			fmt.Fprintf(w, "complete -c luvat -n %s -l %s -d %s", when, f.name, fishQuote(f.usage))
			switch {
			case f.values != nil:
				fmt.Fprintf(w, " -x -a %s", fishQuote(strings.Join(f.values, " ")))
			case !f.plain:
				fmt.Fprint(w, " -r")
			}
			fmt.Fprintln(w)
		}
	}
}

func fishQuote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}
