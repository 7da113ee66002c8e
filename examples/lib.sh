# What the examples' run scripts share: jrados' artifacts in a local repository that has nothing else of jrados.
#   fresh_repository CHECKOUT [MODULE...]    $repository, removed at the end      quiet ARGUMENT...    Maven with it
# examples/all makes one for all of them: JRADOS_REPOSITORY.
fresh_repository() {
    if [ -n "${JRADOS_REPOSITORY:-}" ]; then repository=$JRADOS_REPOSITORY; return; fi
    local root=$1 modules=bom,drivers module
    shift
    for module; do modules+=,$module; done
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    repository=$work/repository
    # Others' artifacts are linked, so that they aren't fetched twice.
    if ! cp -al "$HOME/.m2/repository" "$repository" 2>/dev/null; then rm -rf "$repository"; mkdir "$repository"; fi
    rm -rf "$repository/io/jrados"
    quiet -f "$root/pom.xml" -Dmaven.test.skip=true -Dspotless.check.skip=true -pl "$modules" -am install
}
quiet() { mvn -q -B -ntp "-Dmaven.repo.local=$repository" "$@" </dev/null; }
