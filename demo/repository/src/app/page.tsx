import Link from 'next/link';
import { serverClient } from '@/lib/supabase/server';

export default async function HomePage() {
  const supabase = await serverClient();
  const { data: categories } = await supabase.from('categories').select('id, slug, name').order('name');
  const { data: products } = await supabase
    .from('products')
    .select('id, slug, name, price_cents, currency, image_path')
    .gt('stock', 0)
    .order('name');

  return (
    <main>
      <nav>{categories?.map((category) => <a key={category.id} href={`#${category.slug}`}>{category.name}</a>)}</nav>
      <ul>
        {products?.map((product) => (
          <li key={product.id}>
            {product.image_path && (
              <img alt="" src={supabase.storage.from('product-images').getPublicUrl(product.image_path).data.publicUrl} />
            )}
            <Link href={`/products/${product.slug}`}>{product.name}</Link>
            {(product.price_cents / 100).toFixed(2)} {product.currency}
          </li>
        ))}
      </ul>
    </main>
  );
}
