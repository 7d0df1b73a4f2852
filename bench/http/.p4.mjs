import { spawn } from 'node:child_process';
import { load, contextBody } from './load.mjs';
import { createFlags } from './flags.mjs';
import { ADMIN_TOKEN, temporaryDirectory } from './servers.mjs';
const d = temporaryDirectory();
const child = spawn('taskset',['-c','1',process.execPath, ...(process.argv[2]??'').split(' ').filter(Boolean), '/tmp/mine/dist/main.js'], {env:{PATH:process.env.PATH,PORT:'45321',FLAGTREE_DATA_DIR:d.path,FLAGTREE_ADMIN_TOKEN:ADMIN_TOKEN,FLAGTREE_LOG_LEVEL:'warn'},stdio:['ignore','ignore','inherit']});
const url='http://127.0.0.1:45321';
for(;;){ const a=await fetch(url+'/health/ready').catch(()=>null); if(a?.ok)break; await new Promise(r=>setTimeout(r,100)); }
await createFlags(url,0,100);
const authorization=`Bearer ${ADMIN_TOKEN}`; const path='/ofrep/v1/evaluate/flags';
const first=await fetch(url+path,{method:'POST',headers:{authorization,'content-type':'application/json'},body:contextBody(0)});
const etag=first.headers.get('etag');
const s={url,pid:child.pid};
for (let i=0;i<5;i++) for (const [n,o] of Object.entries({bare304:{path:'/bare304'},bare200:{path:'/bare200',distinct:true},single:{path:path+'/flag-0004',distinct:true},bulk:{path,distinct:true},z304:{path,headers:{authorization,'if-none-match':etag}}})) { const r=await load(s,{headers:{authorization},seconds:2,...o}); if(i>0)console.log(n.padEnd(8), r.perSecond.toFixed(0), r.cpuMicros.toFixed(1)); }
child.kill('SIGTERM'); await new Promise(r=>child.on('exit',r)); d.remove();
