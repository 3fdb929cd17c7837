# Read by record.sh, before the other cases: what pods do and what waits ask of them. The namespace is gone afterwards.
# shellcheck shell=sh
quietly() { kubectl --context=admin --namespace=web "$@" >/dev/null; }
# status POD JSON: of a pod on the node `still`, where nothing else tells it what it is.
status() { quietly patch "$1" --subresource=status --type=merge --patch="{\"status\":$2}"; }
pod_events() { web "$1" get events --field-selector=involvedObject.kind=Pod --output=json; }

quietly create namespace web
quietly apply --filename=manifests/web.yaml
quietly wait deployment/web --for=condition=Available --timeout=30s

# Waits that come to their end
web wait-available get deployment/web --output=json
web wait-path get deployment.apps/web '--output=jsonpath={.status.readyReplicas}' --ignore-not-found
web wait-selected get pods --selector=app=web --output=json
web wait-missing get deployment/nope --output=json

# An image that cannot be pulled
quietly apply --filename=manifests/stuck.yaml
until stuck=$(kubectl --namespace=web get pods --selector=app=stuck --output=name) && [ -n "$stuck" ]; do sleep 0.1; done
status "$stuck" '{"phase":"Pending","containerStatuses":[{"name":"stuck","image":"example.test/stuck:none","imageID":"",
  "ready":false,"restartCount":0,"state":{"waiting":{"reason":"ImagePullBackOff",
  "message":"Back-off pulling image \"example.test/stuck:none\""}}}]}'
web stuck-deployment get deployment/stuck --output=json
web stuck-pods get pods,replicasets.apps --selector=app=stuck --output=json
pod_events stuck-events

# A container that crashes
quietly run crashing --image=x --overrides='{"spec":{"nodeName":"still"}}'
crashed() {
  status pod/crashing '{"phase":"Running","containerStatuses":[{"name":"crashing","image":"x","imageID":"","ready":false,
    "restartCount":'"$1"',"state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off restarting"}},
    "lastState":{"terminated":{"exitCode":3,"reason":"Error"}}}]}'
}
crashed 1
web crashing get pod/crashing --output=json
crashed 3
web crashing-again get pod/crashing --output=json
pod_events crashing-events
web crashing-log-none logs pod/crashing --container=crashing --tail=1

# A pod without a node
quietly run lonely --image=x --overrides='{"spec":{"nodeSelector":{"nowhere":"there"}}}'
quietly wait pod/lonely --for=condition=PodScheduled=False --timeout=10s
web lonely get pod/lonely --output=json
until pod_events lonely-events && grep -q FailedScheduling "$folder/lonely-events.out"; do sleep 0.1; done

# Rollouts
web rollout-before get deployment/web --output=json --ignore-not-found
printf '{"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"2026-01-01T00:00:00.000Z"}}}}}' |
  web rollout-restart patch deployment/web --type=merge --patch-file=/dev/stdin --output=json
web rollout-after get deployment/web --output=json --ignore-not-found
quietly rollout status deployment/web --timeout=30s
web rollout-revisions get replicasets.apps --selector=app=web --output=json
web rollout-undo rollout undo deployment/web --to-revision=1
web rollout-undone get deployment/web --output=json --ignore-not-found
web rollout-undo-again rollout undo deployment/web --to-revision=1
web rollout-pod get pod/lonely --output=json --ignore-not-found

# In containers
quietly run web-0 --image=x
quietly wait pod/web-0 --for=condition=Ready --timeout=30s
web logs logs deployment/web --tail=200
web logs-previous logs pod/web-0 --tail=200 --previous
web logs-missing logs pod/nope --tail=200
lasting exec exec deployment/web -- sh -c 'echo out; echo err >&2'
lasting exec-fails exec deployment/web -- sh -c 'echo out; echo sorry >&2; exit 7'
printf 'some input' | lasting exec-reads exec deployment/web --stdin -- cat
lasting exec-missing exec pod/nope -- true
lasting exec-container exec deployment/web --container=nope -- true
keep exec-forbidden --context=nobody --namespace=web exec deployment/web -- true
keep exec-unreachable --context=nowhere --namespace=web exec deployment/web -- true
lasting cp-up cp manifests/web.yaml web-0:web.yaml
lasting cp-down cp web-0:web.yaml copy.yaml.coming
rm copy.yaml.coming
lasting cp-missing cp web-0:nope.yaml copy.yaml.coming
lasting port-forward-missing port-forward --address=127.0.0.1 service/nope 40123:80

quietly delete namespace web --wait=false
quietly delete pods --all --grace-period=0 --force
quietly wait namespace/web --for=delete --timeout=60s
