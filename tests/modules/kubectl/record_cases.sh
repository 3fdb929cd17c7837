# Read by record.sh: each line a case, in the order in which they happen.
# shellcheck shell=sh
secret='{"apiVersion":"v1","data":{"password":"aHVudGVyMi1odW50ZXIy","user":"d2Vi"},"kind":"Secret","metadata":{"name":"login"},"type":"Opaque"}'
node='{"apiVersion":"v1","items":[{"apiVersion":"v1","data":{"apicredentials":"user@example.test\npass-word-1\n","node-password":"keystore-1","port":"6688"},"kind":"ConfigMap","metadata":{"name":"node1"}}],"kind":"List"}'
settings='{"apiVersion":"v1","items":[{"apiVersion":"v1","data":{"colour":"red"},"kind":"ConfigMap","metadata":{"name":"settings"}}],"kind":"List"}'

# The kubeconfig
keep client-version version --client --output=json
keep config-view config view --minify --output=json --context=admin
keep config-view-current config view --minify --output=json
keep config-view-unknown config view --minify --output=json --context=nope
KUBECONFIG=/nonexistent keep config-view-none config view --minify --output=json
keep contexts config get-contexts --output=name
keep current-context config current-context
KUBECONFIG=/nonexistent keep current-context-none config current-context
whole version version --output=json
whole whoami auth whoami --output=json

# The way to the cluster
as get-unknown-context nope get deployment/web --output=json --ignore-not-found
as get-unreachable nowhere get deployment/web --output=json --ignore-not-found
as get-untrusted untrusted get deployment/web --output=json --ignore-not-found
as get-unauthorized stranger get deployment/web --output=json --ignore-not-found
as get-forbidden nobody get deployment/web --output=json --ignore-not-found
as apply-unreachable nowhere apply --filename=manifests/web.yaml
as can-i-no nobody auth can-i create deployments
as can-i-unauthorized stranger auth can-i create deployments
web can-i-yes auth can-i create deployments

# Namespaces
web apply-no-namespace apply --filename=manifests/web.yaml
whole namespace-missing get namespace/web --output=json --ignore-not-found
printf '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"web"}}' | whole namespace-created create --filename=-
printf '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"web"}}' | whole namespace-exists create --filename=-
whole namespace-found get namespace/web --output=json --ignore-not-found
printf '{"metadata":{"labels":{"network":"crib"},"name":"web"}}' |
  whole namespace-patched patch namespace/web --type=merge --patch-file=/dev/stdin

# Manifests
web diff-new diff --filename=manifests/web.yaml
web apply-created apply --filename=manifests/web.yaml
web apply-unchanged apply --filename=manifests/web.yaml
web diff-same diff --filename=manifests/web.yaml
web diff-refused diff --filename=manifests/partly.yaml
web apply-partly apply --filename=manifests/partly.yaml
printf %s "$settings" | web diff-changed diff --filename=-
printf %s "$settings" | web apply-configured apply --filename=-
printf %s "$settings" | web apply-dry-run apply --dry-run=server --filename=-
printf %s "$settings" | web apply-server-side apply --server-side --field-manager=one --filename=-
printf %s "$settings" | sed s/red/blue/ | web apply-conflict apply --server-side --field-manager=two --filename=-
printf %s "$settings" | sed s/red/blue/ |
  web apply-forced apply --server-side --force-conflicts --field-manager=two --filename=-
printf %s "$node" | web apply-node apply --filename=-
web apply-no-file apply --filename=manifests/none.yaml
web apply-broken apply --filename=manifests/broken.yaml
web apply-elsewhere apply --filename=manifests/elsewhere.yaml
printf 'apiVersion: v1\nkind: Nope\nmetadata: {name: x}\n' | web apply-unknown-kind apply --filename=-
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndate: {a: b}\n' | web apply-unknown-field apply --filename=-
printf '# nothing\n' | web apply-nothing apply --filename=-
whole apply-where-they-say apply --filename=manifests/elsewhere.yaml

# Secrets
printf %s "$secret" | web secret-applied apply --server-side --filename=-
printf %s "$secret" | sed s/Opaque/example.test.other/ | web secret-type apply --server-side --filename=-
web secret-edited patch secret/login --type=merge --patch-file=/dev/stdin <<END
{"stringData":{"password":"edited-by-hand"}}
END
printf %s "$secret" | web secret-conflict apply --server-side --filename=-
printf %s "$secret" | web secret-forced apply --server-side --force-conflicts --filename=-
web get-secret get secret/login --output=json --ignore-not-found
kubectl --context=admin --namespace=web apply -f - >/dev/null <<END
{"apiVersion":"v1","kind":"Secret","metadata":{"name":"token"},"stringData":{"token":"a-token-of-old"}}
END
web get-applied-secret get secret/token --output=json --ignore-not-found
web diff-secret diff --filename=manifests/secret.yaml
web list-configmaps get configmaps --output=json
printf '{"data":{"token":5}}' | web secret-bad-patch patch secret/token --type=merge --patch-file=/dev/stdin
kubectl --context=admin --namespace=web patch secret/token --type=merge -p '{"immutable":true}' >/dev/null
web secret-immutable apply --filename=manifests/secret.yaml
printf '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"token","resourceVersion":"1"},"stringData":{"token":"value-of-now"}}' |
  web secret-stale apply --filename=-

# Objects
kubectl --context=admin --namespace=web wait deployment/web --for=condition=Available --timeout=30s >/dev/null
web get-deployment get deployment/web --output=json --ignore-not-found
web get-missing get deployment/nope --output=json --ignore-not-found
web get-unknown-type get nosuchthing/x --output=json --ignore-not-found
web list-pods get pods --output=json --selector=app=web
web list-none get pods --output=json --selector=app=nobody
web list-bad-field get pods --output=json --field-selector=status.nope=1
whole list-everywhere get services --output=json --all-namespaces
web events events --output=json --for=deployment/web
web events-none events --output=json --for=deployment/web --types=Warning

# Parts of them
whole label label namespace/web --overwrite cleanup.kyverno.io/ttl=72h
whole label-again label namespace/web --overwrite cleanup.kyverno.io/ttl=72h
whole label-conflict label namespace/web cleanup.kyverno.io/ttl=8d
whole label-removed label namespace/web cleanup.kyverno.io/ttl-
whole label-missing label namespace/nope a=b
web label-selected label pods --selector=app=web tier=front
web annotate annotate deployment/web owner=ops
web scale scale deployment/web --replicas=3
printf '{"spec":{"replicas":1}}' | web patch patch deployment/web --type=strategic --patch-file=/dev/stdin
printf '{"spec":{"replicas":1}}' | web patch-again patch deployment/web --type=strategic --patch-file=/dev/stdin
printf '{"spec":{"replicas":"x"}}' | web patch-bad patch deployment/web --type=merge --patch-file=/dev/stdin
printf '[{"op":"replace","path":"/metadata/resourceVersion","value":"1"},{"op":"add","path":"/metadata/annotations/a","value":"b"}]' |
  web patch-bound patch deployment/web --type=json --patch-file=/dev/stdin --field-manager=runbook-test
printf '[{"op":"test","path":"/metadata/name","value":"other"}]' |
  web patch-test patch deployment/web --type=json --patch-file=/dev/stdin --field-manager=runbook-test

# Their end
kubectl --context=admin --namespace=web create configmap held >/dev/null
kubectl --context=admin --namespace=web patch configmap held --type=merge \
  -p '{"metadata":{"finalizers":["example.test/hold"]}}' >/dev/null
lasting delete-held delete --wait=true --timeout=2s --ignore-not-found --output=name configmap/held
lasting delete-pods delete --wait=false --ignore-not-found --output=name pods --selector=app=web
lasting delete delete --wait=true --timeout=600s --ignore-not-found --output=name service/web
lasting delete-gone delete --wait=true --timeout=600s --ignore-not-found --output=name service/web
lasting delete-file delete --wait=true --timeout=600s --ignore-not-found --output=name --filename=manifests/web.yaml
keep delete-namespace --context=admin delete --wait=false --ignore-not-found --output=name namespace/web
whole namespace-terminating get namespace/web --output=json --ignore-not-found
web apply-terminating apply --filename=manifests/web.yaml
