// Images of issues. A name stands for one content for ever, so whoever has it need not ask again.
import type { FastifyInstance } from 'fastify';
import { IMAGE_NAME, imagePath } from '../domain/image.ts';
import type { Images } from '../flows/read-images.ts';
import { showBroken } from './answer.ts';
import type { Site } from './site.ts';

const HEADERS = {
  'cache-control': 'public, max-age=31536000, immutable',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'",
  // Mail programs on the web show them in pages of their own.
  'cross-origin-resource-policy': 'cross-origin',
};

export function addImageRoutes(server: FastifyInstance, { pages }: Site, images: Images): void {
  server.get<{ Params: { name: string } }>(imagePath(':name'), async ({ params }, reply) => {
    const image = IMAGE_NAME.test(params.name) ? await images(params.name) : undefined;
    return image ? reply.headers(HEADERS).type(image.type).send(Buffer.from(image.bytes)) : showBroken(pages, reply);
  });
}
