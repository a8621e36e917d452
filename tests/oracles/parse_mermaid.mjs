// Nodes and edges that Mermaid's own parser finds in a flowchart or an entity diagram, as JSON.
// Run it from a folder in which `npm install mermaid jsdom` has been run.
import fs from 'fs';
import { JSDOM } from 'jsdom';

const { window } = new JSDOM('<body></body>');
globalThis.window = window;
globalThis.document = window.document;
const mermaid = (await import('mermaid')).default;
mermaid.initialize({ maxTextSize: 1e7, maxEdges: 1e6 });
const diagram = await mermaid.mermaidAPI.getDiagramFromText(fs.readFileSync(process.argv[2], 'utf8'));
const { db } = diagram;
const found = db.getVertices
  ? { nodes: [...db.getVertices().keys()], edges: db.getEdges().map((edge) => [edge.start, edge.end]) }
  : {
      nodes: [...db.getEntities().keys()],
      edges: db.getRelationships().map((edge) => [edge.entityA, edge.entityB]),
    };
console.log(JSON.stringify(found));
