import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compose, docker } from './support/docker.ts'
import { containerNames, ourServices, serviceNames } from './support/project.ts'
import { inspect, shop, urls } from './support/shop.ts'

test('docker compose up --build -d --wait alone makes a shop that serves at once', {
  timeout: 400_000,
}, async () => {
  await compose(['up', '--build', '-d', '--wait'], { timeoutMs: 380_000 })

  const page = await shop.get('/')
  assert.equal(page.status, 200)
  assert.match(page.text, /<div id="root">/)
  const product = { name: 'Lamp', price: 45.5, stock_quantity: 1000 }
  const created = await shop.post('/api/products/', product)
  assert.equal(created.status, 201, created.text)
  const items = [{ product_id: created.body.product_id, quantity: 1 }]
  const ordered = await shop.post('/api/orders/', { items })
  assert.equal(ordered.status, 201, ordered.text)
})

test('both Swagger UIs are served', async () => {
  for (const url of [urls.product, urls.order]) {
    const answer = await fetch(`${url}/docs`, { signal: AbortSignal.timeout(10_000) })
    assert.equal(answer.status, 200)
    assert.match(await answer.text(), /swagger-ui/)
  }
})

test('docker compose ps lists the containers by their names, all healthy', async () => {
  const listed = (await compose(['ps', '--format', '{{.Service}} {{.Name}} {{.Health}}'])).trim().split('\n')
  const expected = serviceNames.map((service) => `${service} ${containerNames[service]} healthy`)
  assert.deepEqual(listed.sort(), expected.sort())
})

test('ports are published to this machine alone, and none of databases and picture store', async () => {
  for (const service of serviceNames) {
    const { NetworkSettings } = await inspect(service)
    const published = Object.values<{ HostIp: string; HostPort: string }[] | null>(NetworkSettings.Ports)
    const addresses = published
      .flatMap((ends) => ends ?? [])
      .map(({ HostIp, HostPort }) => `${HostIp}:${HostPort}`)
    const port = { frontend: 3000, product_service: 8000, order_service: 8001 }[service as string]
    assert.deepEqual(addresses, port ? [`127.0.0.1:${port}`] : [], service)
  }
})

test('every container starts again by itself, forwards signals, and keeps its log small', async () => {
  for (const service of serviceNames) {
    const { HostConfig } = await inspect(service)
    assert.equal(HostConfig.RestartPolicy.Name, 'unless-stopped', service)
    assert.equal(HostConfig.Init, true, service)
    assert.ok(HostConfig.SecurityOpt.includes('no-new-privileges:true'), service)
    const { 'max-size': size, 'max-file': files } = HostConfig.LogConfig.Config ?? {}
    assert.ok(size && files, `${service} keeps its log without a bound`)
  }
})

test('the processes of our images have no privileges, a bound on memory, and nothing to write to but /tmp', async () => {
  for (const service of ourServices) {
    const { HostConfig, Config } = await inspect(service)
    assert.ok(HostConfig.Memory > 0, `${service} may take all memory`)
    assert.ok(HostConfig.PidsLimit > 0, `${service} may take all processes`)
    assert.deepEqual(HostConfig.CapDrop, ['ALL'], service)
    assert.ok(!/^(|0|root)(:|$)/.test(Config.User), `${service} runs as "${Config.User}"`)
    const processes = await docker(['exec', containerNames[service], 'sh', '-c', readProcesses])
    assert.ok(processes.includes('Uid:'), processes)
    for (const line of processes.trim().split('\n')) assert.match(line, harmless, `${service}: ${line}`)
    assert.equal(await docker(['exec', containerNames[service], 'sh', '-c', tryToWrite]), 'only /tmp\n')
  }
})

const readProcesses = `for f in /proc/[0-9]*/status; do grep -E '^(Uid|CapEff|CapBnd|CapPrm|NoNewPrivs):' $f || true; done`
const harmless = /^(Uid:(\s+[1-9]\d*){4}|Cap(Eff|Bnd|Prm):\s+0{16}|NoNewPrivs:\s+1)$/
const tryToWrite = `for d in / /app /etc /usr/bin /var /home; do
  if [ -d $d ] && touch $d/written 2>/dev/null; then echo "$d"; fi; done; touch /tmp/written && rm /tmp/written && echo only /tmp`
