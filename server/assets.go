package server

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"strings"
)

//go:embed asset template
var embedded embed.FS

// assets returns the handler of the static files and the prefix of their addresses. The prefix has a digest of all of them, so that
// browsers may keep them for ever and still never show a page with the files of another version.
func assets(from fs.FS, dev bool) (http.Handler, string, error) {
	sub, err := fs.Sub(from, "asset")
	if err != nil {
		return nil, "", err
	}
	digest := sha256.New()
	err = fs.WalkDir(sub, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(sub, path)
		digest.Write([]byte(path))
		digest.Write(content)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	prefix := "/assets/" + hex.EncodeToString(digest.Sum(nil))[:12]
	files := http.StripPrefix(prefix+"/", http.FileServerFS(sub))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/") {
			http.NotFound(w, r)
			return
		}
		if dev {
			w.Header().Set("Cache-Control", "no-store")
		} else {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		files.ServeHTTP(w, r)
	}), prefix, nil
}
