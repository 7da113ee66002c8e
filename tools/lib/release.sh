#!/bin/bash
# release.sh RELEASE [DIR]: another Ceph release than the machine's, unpacked in the cache from the Debian suite that has it.
# Nothing is installed. Prints the root folder; in DIR it leaves `in`, which runs a command in there, and bin/ with the tools.
set -euo pipefail
case ${1:?release} in
14) suite=bullseye ;;
16) suite=bookworm ;;
18) suite=trixie ;;
20) suite=forky ;;
*) echo "release.sh: there are packages of the releases 14, 16, 18 and 20, not of $1" >&2; exit 2 ;;
esac
release=$1 dir=${2:-}
base=${XDG_CACHE_HOME:-$HOME/.cache}/jrados
root=$base/ceph-$release

# Of all that the daemons' packages ask for, what programs load: libraries, Python, a shell. The rest (init, perl, file system
# tools ...) would only be unpacked.
WANTED='^(ceph.*|lib.*|zlib1g|python3.*|bash|coreutils|dash|gcc-[0-9]+-base|netbase|media-types)$'
UNUSED='^(ceph-volume|ceph-fuse|librgw2|libperl.*|libbinutils|libctf.*|libgprofng.*|libsframe.*|libicu.*-dev|libjs-.*|libc-gconv.*|libx11.*|libglib.*-data|.*-doc)$'
LEFT_OUT=(--exclude=./usr/share/{doc,man,locale,info,lintian,bash-completion} --exclude=./usr/lib/x86_64-linux-gnu/gconv
    --exclude=./usr/bin/radosgw-admin --exclude='./usr/lib/python3*/test' --exclude=./lib/systemd --exclude=./usr/lib/systemd)

make_root() {
    local work=$base/.work-$release new=$base/.new-$release mirror
    rm -rf "$work" "$new"
    mkdir -p "$work"/{lists,archives}/partial "$work/cache" "$new"/usr/{bin,sbin,lib,lib64} "$new"/{proc,dev,sys,tmp,run,etc,var/lib/ceph}
    trap 'rm -rf "$work" "$new"' RETURN
    mirror=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        sed -n 's/^Debian \(.*\)/\1/p' | grep -v security | head -n 1) || true
    : >"$work/status"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror:?no Debian mirror among the apt sources} $suite main" >"$work/sources.list"
    cat >"$work/apt.conf" <<CONF
Dir::Etc::main "/dev/null"; Dir::Etc::parts "/dev/null"; Dir::Etc::sourcelist "$work/sources.list"; Dir::Etc::sourceparts "-";
Dir::Etc::preferences "/dev/null"; Dir::Etc::preferencesparts "/dev/null";
Dir::State::lists "$work/lists"; Dir::State::status "$work/status"; Dir::Cache "$work/cache"; Dir::Cache::archives "$work/archives";
APT::Architecture "amd64"; APT::Architectures {"amd64"}; APT::Install-Recommends "false"; APT::Sandbox::User "root";
Acquire::Languages "none"; Acquire::Check-Valid-Until "false"; Acquire::Retries "3"; Debug::NoLocking "true";
CONF
    export APT_CONFIG=$work/apt.conf
    apt-get -qq update >&2
    apt-get -s install bash dash coreutils ceph-mon ceph-osd ceph-mgr ceph-common python3-rados python3-rbd | sed -nE 's/^Inst (\S+) \((\S+).*/\1 \2/p' |
        awk -v wanted="$WANTED" -v unused="$UNUSED" '$1 ~ wanted && $1 !~ unused { print $1 "=" $2 }' >"$work/packages"
    [ -s "$work/packages" ] || { echo "release.sh: $suite has no Ceph packages" >&2; return 1; }
    (cd "$work/archives" && xargs -a "$work/packages" apt-get -qq download >&2)
    unset APT_CONFIG
    local name
    for name in bin sbin lib lib64; do ln -s "usr/$name" "$new/$name"; done
    echo 'root:x:0:0:root:/:/bin/sh' >"$new/etc/passwd"
    echo 'root:x:0:' >"$new/etc/group"
    echo '127.0.0.1 localhost' >"$new/etc/hosts"
    printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$new/etc/nsswitch.conf"
    find "$work/archives" -name '*.deb' -print0 | xargs -0 -P "$(nproc)" -I{} bash -c \
        'dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --no-same-owner --keep-directory-symlink "${@:3}"' _ {} "$new" "${LEFT_OUT[@]}"
    # A root from before there were managers may be in use: it is only added to.
    if [ -d "$root" ]; then cp -a -n "$new/." "$root/"; else mv "$new" "$root"; fi
}

mkdir -p "$base"
if [ ! -x "$root/usr/bin/ceph-mgr" ]; then
    exec 9>"$base/.lock-$release"
    flock 9
    if [ ! -x "$root/usr/bin/ceph-mgr" ]; then
        echo "Unpacking Ceph $release from Debian's $suite into $root" >&2
        make_root
    fi
    exec 9>&-
fi

if [ -n "$dir" ]; then
    # The machine's own folders, but for those of its system, are there by the same paths inside.
    cat >"$dir/in" <<IN
#!/bin/sh
# in COMMAND [ARGUMENT...]: runs it as Ceph $release has it
user=; [ "\$(id -u)" = 0 ] || user=--map-root-user
exec unshare \$user --mount --propagation private sh -c '
    for folder in /*; do
        case \$folder in /usr | /bin | /sbin | /lib* | /etc | /boot | /lost+found) continue ;; /var) [ "${dir#/var/}" != "$dir" ] || continue ;; esac
        [ ! -d "\$folder" ] || [ -L "\$folder" ] && continue
        mkdir -p "$root\$folder" && mount --rbind "\$folder" "$root\$folder" || exit 126
    done
    here=\$PWD
    conf="$dir/ceph.conf"
    [ -e "\$conf" ] || conf=/dev/null
    exec env CEPH_CONF="\${CEPH_CONF:-\$conf}" PATH=/usr/bin:/usr/sbin chroot "$root" /bin/sh -c "cd \"\\\$0\" 2>/dev/null; exec \"\\\$@\"" "\$here" "\$@"
' in "\$@"
IN
    chmod +x "$dir/in"
    mkdir -p "$dir/bin"
    for tool in ceph rados rbd osdmaptool monmaptool crushtool ceph-authtool ceph-conf python3; do
        printf '#!/bin/sh\nexec %s/in %s "$@"\n' "$dir" "$tool" >"$dir/bin/$tool"
        chmod +x "$dir/bin/$tool"
    done
fi
echo "$root"
